"""A message that failed, or came back, is sent again."""
