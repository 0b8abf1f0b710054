"""The history: who did what to which subject, when, from what to what, and why."""
