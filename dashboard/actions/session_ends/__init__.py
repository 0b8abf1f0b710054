"""One session is ended: somebody forgot to sign out somewhere."""
