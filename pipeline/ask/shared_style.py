"""The style sheet of every page that is made here, `shared.css`: colours, letters, tables."""

from pathlib import Path


def shared_style() -> str:
    """The style sheet; a page adds its own behind it."""
    return Path(__file__).with_name("shared.css").read_text(encoding="utf-8")
