"""Who comes in, and as what; somebody with their sessions; and oneself."""
