"""Codes on claims: what was written, and what it means on its day."""
