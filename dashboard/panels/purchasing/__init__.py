"""What is to be bought? What orders lack and reorder points ask for, by supplier and SKU."""
