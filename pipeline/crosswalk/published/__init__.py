"""From text frames to published maps: what a publisher says that codes correspond to, whatever layout it came in.

A rule takes a release and its text frames by part, and returns the published maps in it. Which rule is for which layout
is said by `pipeline.layouts`.
"""
