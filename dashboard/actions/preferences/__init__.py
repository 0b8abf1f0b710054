"""How somebody likes to read the desk: their language of dates and numbers, light or dark, hints of keys."""
