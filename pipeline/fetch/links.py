"""What a landing page says: its links, the day that each one's text tells of, and the name of the file behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urljoin, urlsplit

from lxml import html

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary")
MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
# The day on which a file was posted anew is no day of use: "- Updated 07/09/2024", "-updated-december-1-2021".
POSTED_ANEW = re.compile(rf"updated? ?(?:\d[\d/ ]*|{MONTH} \d+,? \d{{4}})", re.IGNORECASE)
DAYS = (
    re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}}),? (?P<year>20\d\d)\b"),
    re.compile(rf"\b{MONTH} (?P<year>20\d\d)\b"),
    re.compile(rf"\b(?P<year>20\d\d)\b.*\b{MONTH}\b"),
)
IN_NUMBERS = re.compile(r"\beffective (\d\d?) (\d\d?) (20\d\d)\b")
SPRING = re.compile(r"\b(?P<year>20\d\d) update\b")  # how CDC names the folder of an April edition
FISCAL_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)|\bfy ?(\d\d)\b")
POSTED = re.compile(r"/files/[a-z]+/(.+)")  # CMS: all that follows is the name, slashes included
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
    return None


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
    """The links of a page in their order, addresses made whole. A page that is none has none."""
    if not page.strip():
        return
    heading = ""
    for element in html.document_fromstring(page).iter("a", *HEADINGS):
        if element.tag in HEADINGS:
            heading = _text_of(element)
        elif href := element.get("href"):
            url = quote(urljoin(address, href.strip()), safe="/:?=&%,;@+$!*'()~#")
            yield Link(url.partition("#")[0], _text_of(element), heading)


def _text_of(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())
