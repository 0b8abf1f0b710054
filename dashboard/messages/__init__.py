"""Mail: the outbox, what is written into it, and how it leaves."""
