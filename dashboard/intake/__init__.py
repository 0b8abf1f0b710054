"""Files in: what the merchant's exports say becomes facts, each row once, each fault named."""
