"""Messages: what was written to customers, whether it arrived, and how the texts read."""
