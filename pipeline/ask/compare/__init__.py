"""Systems side by side: facts, words, and how they are printed."""
