"""Text of others on a terminal and in a Markdown page."""

import html
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.run.printable import as_markdown, as_markdown_code, printable

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OBEYED = "\x00\x07\x08\x0b\x0c\r\x1b\x7f\x85\x9b\u061c\u200b\u200e\u2028\u202e\u2066\ufeff\U000e0041"


@pytest.mark.parametrize("character", OBEYED, ids=lambda each: f"{ord(each):x}")
def test_what_a_terminal_obeys_or_does_not_show_is_written_out(character: str) -> None:
    shown = printable(f"a{character}b")
    assert shown.isprintable()
    assert json.loads(f'"{shown}"') == f"a{character}b"


@given(st.text())
def test_nothing_unseen_is_left_and_json_says_the_same(text: str) -> None:
    shown = printable(text)
    assert not [each for each in shown if unicodedata.category(each) in {"Cc", "Zl", "Zp"} and each not in "\n\t"]
    assert json.loads(printable(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize("text", ["Cholera, unspecified\n\tétat — 10 µm", "naïve €", "\U0001f600", "a\u00adb"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


HOSTILE = [
    "a | b", "`code`", "``", "<script>alert(1)</script>", "<img src=x onerror=y>", "[text](https://evil.example)",
    "![x](y)", "[a]: b", "*bold* _it_ __b__ ~~gone~~", "&lt;b&gt; &copy;", "\\*", "<https://evil.example>",
    "a\nb\n\n# c", "$x$", "snake_case stays", "www.evil.example https://evil.example",
]  # fmt: skip


def text_of(page: str) -> str:
    """What a person reads of a page of one paragraph; fails where it has any markup."""
    inside = page.strip().removeprefix("<p>").removesuffix("</p>")
    assert "<" not in inside, page
    return html.unescape(inside)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_markdown_reads_as_it_is(text: str) -> None:
    assert text_of(MARKDOWN.render(f"x {as_markdown(text)} x")) == f"x {' '.join(text.split())} x"


@given(st.text(alphabet="ab1 |`<>[]()*_~&\\!#$:/.\"'-+=\n"))
def test_no_text_is_markup(text: str) -> None:
    assert text_of(MARKDOWN.render(f"x {as_markdown(text)} x")).split() == f"x {text} x".split()


@given(st.text(alphabet="ab |`\\<"))
def test_a_cell_stays_one_cell(text: str) -> None:
    page = MARKDOWN.render(f"| a | b |\n|---|---|\n| {as_markdown(text)} | last |")
    assert page.count("<td>") == 2
    assert "<td>last</td>" in page


@pytest.mark.parametrize(("text", "shown"), [("A00.0", "`A00.0`"), ("a`b", "a\\`b"), ("", "")])
def test_codes_stand_between_backticks_that_they_do_not_have(text: str, shown: str) -> None:
    assert as_markdown_code(text) == shown


def test_addresses_in_a_text_are_no_links() -> None:
    assert as_markdown("see www.evil.example or HTTPS://x") == "see www\\.evil.example or HTTPS\\://x"
