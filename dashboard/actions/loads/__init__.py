"""Files that staff send by the browser: looked at first, then loaded in the background."""
