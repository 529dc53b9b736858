"""Questions to a published build. It imports no stage: what it needs to know it reads from the build."""
