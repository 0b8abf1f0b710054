"""What a draft orders is changed."""
