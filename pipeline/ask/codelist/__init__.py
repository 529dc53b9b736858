"""Code lists: what a person writes (codes, prefixes, ranges, exclusions), read, expanded to dated codes, and checked.

`list_text` reads a list, `written_entries` each thing that stands in it, `list_systems` finds out of which system it
is, `expand` finds its codes, `check` what is wrong with it, `mend` writes what was surely meant; `frames` has both for
notebooks.
"""
