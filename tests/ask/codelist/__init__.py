"""Code lists: how they are read, and which codes they are."""
