"""What runs out next? Every SKU against its reorder point."""
