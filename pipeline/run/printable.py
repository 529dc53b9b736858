"""Text that came from a file or a server, made safe for whoever reads it: on a terminal, and in a Markdown page."""

import re

# What a terminal obeys, or what turns or hides the text around it: C0 but for the line's end and the tab, DEL and C1;
# marks of direction and blanks without width; ends of lines that are none; halves of characters; tags.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
# What begins something in Markdown or HTML; an underscore inside of a word does not.
MARKUP = re.compile(
    r"[\\`*\[\]|~$#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=http):|(?<=https):|(?<=\bwww)\.", re.IGNORECASE
)
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def printable(text: str) -> str:
    r"""The text with every character that does not show in the form that JSON has for it, so that JSON stays the same.

    >>> print(printable("red \x1b[31m, turned \u202e"))
    red \u001b[31m, turned \u202e
    """
    return UNSEEN.sub(_as_escape, text)


def _as_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def as_markdown(text: str) -> str:
    r"""The text in one line of a Markdown page, a cell of a table too, where it reads as it is.

    >>> print(as_markdown("a | b <i> [c](https://d)"))
    a \| b &lt;i&gt; \[c\](https\://d)
    """
    line = printable(" ".join(text.split()))
    marked = MARKUP.sub(lambda found: f"\\{found[0]}", line)
    return re.sub("[&<>]", lambda found: ENTITIES[found[0]], marked)


def as_markdown_code(text: str) -> str:
    """The text between backticks; where it has one itself, without them."""
    line = " ".join(text.split())
    return as_markdown(line) if "`" in line or not line else f"`{printable(line)}`"
