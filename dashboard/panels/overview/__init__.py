"""The day at a glance: what to act on today, what each panel says, and what changed since yesterday."""
