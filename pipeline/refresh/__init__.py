"""The unattended run: fetch what changed, build, compare with what people have, publish."""
