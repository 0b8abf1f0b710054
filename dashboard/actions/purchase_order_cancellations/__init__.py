"""Purchase orders of which nothing more shall come."""
