"""What a landing page says: its links, the day that each one's text tells of, and the name of the file behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urljoin, urlsplit

from lxml import etree, html

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary")
MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
# The day on which a file was posted anew is no day of use: "- Updated 07/09/2024", "-updated-december-1-2021".
POSTED_ANEW = re.compile(rf"updated? ?(?:\d[\d/ ]*|{MONTH} \d+,? \d{{4}})", re.IGNORECASE)
DAYS = (
    re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}}),? (?P<year>20\d\d)\b"),
    re.compile(rf"\b{MONTH} (?P<year>20\d\d)\b"),
)
YEAR, MONTH_WORD = re.compile(r"\b20\d\d\b"), re.compile(rf"\b{MONTH}\b")
IN_NUMBERS = re.compile(r"\beffective (\d\d?) (\d\d?) (20\d\d)\b")
SPRING = re.compile(r"\b(?P<year>20\d\d) update\b")  # how CDC names the folder of an April edition
FISCAL_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)|\bfy ?(\d\d)\b")
POSTED = re.compile(r"/files/[a-z]+/(.+)", re.DOTALL)  # CMS: all that follows is the name, slashes included
LONGEST_TEXT, LONGEST_ADDRESS = 500, 2000  # characters: what is longer is no name of a release, and costs time
ADDRESS_CHARACTERS = "/:?=&%,;@+$!*'()~#"
LICENCE_GATES = ("/license/", "/apps/ama/")


@dataclass(frozen=True)
class Link:
    """A link of a page: where it leads, its text, and the heading above it."""

    url: str
    text: str
    heading: str

    @property
    def file(self) -> str:
        """The name to store the file under: the publisher's, a slash in it as an underscore."""
        path = unquote(urlsplit(self.url).path)
        posted = POSTED.search(path)
        return posted[1].replace("/", "_") if posted else PurePosixPath(path).name

    @property
    def label(self) -> str:
        """The text without what it says of the form and the day of posting."""
        return re.sub(r"\s*\((?:zip|xlsx|csv|txt)[^)]*\)|\s*-\s*updated.*", "", self.text, flags=re.IGNORECASE)

    @property
    def is_whole(self) -> bool:
        """Whether the address is here to its end."""
        return len(self.url) < LONGEST_ADDRESS

    @property
    def is_gated(self) -> bool:
        """Whether it leads to a page on which a licence is to be accepted."""
        return urlsplit(self.url).path.startswith(LICENCE_GATES)

    @property
    def effective_from(self) -> date | None:
        """The first day of use that the text, the address or the heading tells of: the one that says most exactly.

        A fiscal year begins on 1 October of the year before. A heading of another fiscal year than the text's, as the
        last one of a page without any further, says nothing.
        """
        own = [_plain(self.text), _plain(self.file), _plain(PurePosixPath(urlsplit(self.url).path).parent.name)]
        year = next(filter(None, map(_fiscal_year, own)), None)
        for text in own:
            if found := _exact_day(text):
                return found
        heading = _exact_day(_plain(self.heading))
        if heading and year in (None, _fiscal_year_of(heading)):
            return heading
        year = year or _fiscal_year(_plain(self.heading))
        return date(year - 1, 10, 1) if year else None


def _plain(text: str) -> str:
    """Lower case, words apart, without the day of posting."""
    spaced = re.sub(r"[\s_\-]+", " ", unquote(text)).lower()
    return POSTED_ANEW.sub("", spaced)


def _exact_day(text: str) -> date | None:
    if spring := SPRING.search(text):
        return date(int(spring["year"]), 4, 1)
    if numbers := IN_NUMBERS.search(text):
        return _day(int(numbers[3]), int(numbers[1]), int(numbers[2]))
    for pattern in DAYS:
        if found := pattern.search(text):
            return _day(int(found["year"]), MONTHS.index(found["month"]) + 1, int(found.groupdict().get("day") or 1))
    return _year_before_month(text)


def _year_before_month(text: str) -> date | None:
    """The first day of the last month that is named after the first year. Two searches: one pattern for both would try
    every year with every month."""
    year = YEAR.search(text)
    months = [*MONTH_WORD.finditer(text, year.end())] if year else []
    return _day(int(year[0]), MONTHS.index(months[-1]["month"]) + 1, 1) if year and months else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fiscal_year(text: str) -> int | None:
    found = FISCAL_YEAR.search(text)
    return int(found[1] or f"20{found[2]}") if found else None


def _fiscal_year_of(day: date) -> int:
    return day.year + (day.month >= 10)


def read_links(page: bytes, address: str) -> Iterator[Link]:
    """The links of a page in their order, addresses made whole. A page that is none has none.

    Texts and addresses are cut where they are longer than any that names a release.
    """
    heading = ""
    for element in _elements_of(page):
        if element.tag in HEADINGS:
            heading = _text_of(element)
        elif href := element.get("href"):
            place = quote(href.strip(), safe=ADDRESS_CHARACTERS)  # first: what is left can be taken apart
            yield Link(urljoin(address, place).partition("#")[0][:LONGEST_ADDRESS], _text_of(element), heading)


def _elements_of(page: bytes) -> Iterator[html.HtmlElement]:
    try:
        yield from html.document_fromstring(page).iter("a", *HEADINGS)
    except (etree.LxmlError, ValueError):  # empty, or nothing but comments
        return


def _text_of(element: html.HtmlElement) -> str:
    """The text in one line, without the characters that do not show (a blank of no width, a turn of direction)."""
    text = " ".join(str(element.text_content())[: 100 * LONGEST_TEXT].split())[:LONGEST_TEXT]
    return "".join(character for character in text if character.isprintable())
