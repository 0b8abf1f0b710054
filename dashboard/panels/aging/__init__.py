"""How long have they waited? Every backordered line, by age."""
