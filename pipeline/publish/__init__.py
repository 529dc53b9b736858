"""From a finished build to `output/latest`, and what keeps a build from it."""
