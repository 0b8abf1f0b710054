"""What is here of a line leaves by itself, or what waits of it is divided; and the parts are put together again."""
