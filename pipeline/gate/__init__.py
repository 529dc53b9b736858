"""The gate: every check of every table. Nothing is exported that has not passed."""
