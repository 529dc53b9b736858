"""Tests on the agencies' full files: skipped where these are not at hand."""
