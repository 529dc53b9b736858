"""Code lists: what a person writes (codes, prefixes, ranges, exclusions), read, and expanded to dated codes.

`list_text` reads a list, `written_entries` each thing that stands in it, `list_systems` finds out of which system it
is, `expand` finds its codes.
"""
