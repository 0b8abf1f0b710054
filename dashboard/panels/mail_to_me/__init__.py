"""What somebody of the staff is told by mail, and when."""
