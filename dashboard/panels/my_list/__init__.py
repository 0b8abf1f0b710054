"""My list: whom I call, what waits for me or for my customers' word, what is mine, what I follow."""
