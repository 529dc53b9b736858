"""From year to year: what stood for a code before, and what it became."""
