"""What people look at: systems side by side, and the page beside the tables. Reads published tables only."""
