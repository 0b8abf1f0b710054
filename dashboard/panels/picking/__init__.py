"""Picking: what stands reserved and can be fetched, and what is picked and waits to leave."""
