"""From validated tables to files: one writer per format, published as a whole or not at all."""

DATABASE = "crosswalk.duckdb"
SEARCH_INDEX = "search.sqlite"
