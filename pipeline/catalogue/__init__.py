"""The catalogue: what the publishers offer, what of it lies here, and what is recorded of fetched files."""
