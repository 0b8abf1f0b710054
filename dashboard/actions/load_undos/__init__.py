"""A load of files, taken back."""
