"""The rules of the house, as far as a machine can see them. Each rule is one test, which lists those who break it."""
