"""When suppliers work: weekdays, the holidays of their country, and days on which they are closed beside."""
