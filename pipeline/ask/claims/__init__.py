"""Codes on claims: what was written, which code of which system it is, and whether it could be reported on the day."""
