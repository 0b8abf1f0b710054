"""The search: one box for orders, customers, products and purchase orders."""
