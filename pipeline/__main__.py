"""`python -m pipeline` is the `crosswalk` command."""

from pipeline.cli import run_command

if __name__ == "__main__":
    run_command()
