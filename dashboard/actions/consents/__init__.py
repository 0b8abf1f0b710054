"""What customers answer who were told of another date."""
