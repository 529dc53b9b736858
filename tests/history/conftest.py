"""Laws are tried on a few dozen invented histories each: deriving one takes a few milliseconds."""

from hypothesis import settings

settings.register_profile("histories", deadline=None, max_examples=30)
settings.load_profile("histories")
