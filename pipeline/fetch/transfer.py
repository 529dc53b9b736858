"""One file over the network: whole, with what its publisher says of it, or not at all.

requests and urllib3 do the work. What they leave to the caller is here: taking up a transfer that was cut, following
redirects without reading their bodies, and giving up on one that is too slow, too large, or without an end.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import requests
import urllib3

from pipeline.errors import NetworkError
from pipeline.fetch.bounds import UNDER_WAY, Limits, Patience
from pipeline.fetch.hosts import Hosts, Unavailable, Unreachable
from pipeline.fetch.links import ADDRESS_CHARACTERS
from pipeline.fetch.problems import cut_short, no_answer, reason_of, refusal_of
from pipeline.fetch.session import PublisherSession

REDIRECTS = 5
REDIRECT = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED, BEYOND_THE_END = 304, 416
LARGEST = 512 * 1024 * 1024  # the largest file of the catalogue has 40 MB
PIECE = 256 * 1024
CONTENT_RANGE = re.compile(r"bytes (?P<start>\d{1,15})-(?P<last>\d{1,15})/(?P<total>\d{1,15})")
PATIENCE = Patience()


@dataclass(frozen=True)
class Validators:
    """By what new content is told from the one we have: the publisher's marks; without any, its length (None: any)."""

    etag: str = ""
    last_modified: str = ""
    length: int | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for other content only; none where there is no mark."""
        marks = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in marks.items() if value}


@dataclass(frozen=True)
class Answer:
    """What a server said: whether there is new content, and its marks."""

    is_new: bool
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class _Part:
    """What came of a transfer that was cut, of which the publisher's strong mark says what it is a part of."""

    etag: str
    have: int
    total: int

    @property
    def headers(self) -> dict[str, str]:
        """The request for what is still lacking, if the content is the same."""
        return {"Range": f"bytes={self.have}-", "If-Range": self.etag}

    def is_continued_by(self, response: requests.Response) -> bool:
        """Whether an answer is the rest of the same content, to its end."""
        found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        rest = response.headers.get("Content-Length", str(self.total - self.have))
        return (
            found is not None
            and (int(found["start"]), int(found["last"]) + 1) == (self.have, self.total)
            and (found["total"], rest) == (str(self.total), str(self.total - self.have))
            and response.headers.get("ETag", self.etag) == self.etag
        )


class NotWhole(urllib3.exceptions.HTTPError):
    """An answer that cannot be used as it is: the content is asked for anew."""


class Stopped(Exception):
    """The run ends, and this transfer with it."""


class Transfer:
    """Gets files in one session, until `stop` is set; `received` hears of every piece, in bytes. `hosts` is asked which
    host is given up, and told how each answers."""

    def __init__(
        self,
        session: PublisherSession,
        patience: Patience,
        stop: threading.Event,
        received: Callable[[int], None] = lambda size: None,
        hosts: Hosts | None = None,
    ) -> None:
        self._session, self._patience = session, patience
        self._stop, self._received = stop, received
        self._hosts = hosts or Hosts()

    def get(self, url: str, target: Path, known: Validators | None = None, largest: int | None = None) -> Answer:
        """Writes the content of an address to `target`, unless it is what is `known`; else nothing is left there.

        A transfer that is cut is taken up where it stopped, if the server has a strong mark for the content, or begun
        anew. Raises NetworkError, also for more than `largest` bytes.
        """
        self._hosts.require_answering(url)
        limits = Limits(self._patience)
        before = UNDER_WAY.set(limits)
        try:
            answer = _Getting(self, url, target, limits, largest or LARGEST).get(known)
        except (Unreachable, Unavailable) as problem:
            self._hosts.note_failure(url, problem)
            raise
        except NetworkError:
            self._hosts.note_answer(url)
            raise
        finally:
            UNDER_WAY.reset(before)
        self._hosts.note_answer(url)
        return answer

    def ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """One request: the head of its answer. Raises NetworkError where the address is not one to ask."""
        self._session.require_reached(url)
        timeouts = (self._patience.connect, self._patience.silence)
        return self._session.get(url, headers=headers, stream=True, timeout=timeouts, allow_redirects=False)

    def note(self, size: int, url: str) -> None:
        """A piece came. Raises Stopped."""
        if self._stop.is_set():
            raise Stopped(url)
        self._received(size)

    def wait(self, attempt: int) -> None:
        """Before the next try."""
        self._stop.wait(self._patience.back_off * 2**attempt)

    @property
    def tries(self) -> int:
        """How often one address is asked."""
        return self._patience.tries


class _Getting:
    """One address under way: what came of it so far."""

    def __init__(self, transfer: Transfer, url: str, target: Path, limits: Limits, largest: int) -> None:
        self._transfer, self._url, self._target = transfer, url, target
        self._limits, self._largest = limits, largest
        self._part: _Part | None = None

    def get(self, known: Validators | None) -> Answer:
        """The answer, asked for as often as patience has it. Raises NetworkError, and leaves no part of a file then."""
        try:
            for attempt in range(self._transfer.tries):
                try:
                    return self._try(None if attempt else known)  # once there is an answer, conditions have no use
                except urllib3.exceptions.HTTPError as problem:
                    cut: Exception = problem
                    if self._limits.is_over:
                        raise no_answer(self._url, self._limits.exceeded) from problem
                    self._transfer.wait(attempt)
            raise cut_short(self._url, self._target, cut, self._transfer.tries)
        except BaseException:
            self._target.unlink(missing_ok=True)
            raise

    def _try(self, known: Validators | None) -> Answer:
        conditions = known.conditions if known else {}
        part, self._part = self._part, None
        with self._ask(part.headers if part else conditions) as response:
            answer = Answer(True, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            if response.status_code == NOT_MODIFIED:
                _require_asked(conditions, answer)
                response.raw.drain_conn()  # a connection whose answer was read to its end is used again
            if response.status_code == NOT_MODIFIED or _has_known_length(response, known):
                return Answer(False, answer.etag, answer.last_modified)
            _require_usable(self._url, response, part)
            with self._target.open("ab" if part and response.status_code == 206 else "wb") as file:
                self._receive(response, file, part, answer.etag)
        return answer

    def _ask(self, headers: Mapping[str, str]) -> requests.Response:
        """The head of the answer, after redirects. Raises NetworkError for what can be no content."""
        url = self._url
        for _ in range(REDIRECTS + 1):
            response = self._head(url, headers)
            if response.status_code not in REDIRECT or "Location" not in response.headers:
                return self._require_content(response)
            response.close()  # unread: whatever it is, nobody wants it
            place = quote(response.headers["Location"], safe=ADDRESS_CHARACTERS, encoding="latin-1")  # as bytes came
            url = urljoin(url, place)
        raise no_answer(self._url, f"more than {REDIRECTS} redirects: it leads in a circle")

    def _head(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        try:
            return self._transfer.ask(url, headers)
        except requests.exceptions.SSLError as problem:
            found = f"a certificate that does not hold ({reason_of(problem)})"
            raise no_answer(self._url, found, Unreachable) from problem
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, ValueError) as problem:
            # ValueError: a number in a head that is none, which the libraries take for one
            kind = Unreachable if _is_without_connection(problem) else Unavailable
            raise no_answer(self._url, f"none ({self._limits.exceeded or reason_of(problem)})", kind) from problem

    def _require_content(self, response: requests.Response) -> requests.Response:
        if response.status_code == BEYOND_THE_END:
            response.close()
            raise NotWhole("nothing of it from there on")
        if response.status_code not in (200, 206, NOT_MODIFIED):
            response.close()
            raise refusal_of(self._url, response, self._transfer.tries)
        return response

    def _receive(self, response: requests.Response, file: Any, part: _Part | None, etag: str) -> None:
        """Writes the content as it comes. Raises urllib3's errors where it is cut short."""
        self._limits.begin_content(self._largest)
        length = response.raw.length_remaining
        total = length + file.tell() if length is not None else None
        is_strong = bool(etag) and not etag.startswith("W/")
        try:
            while piece := response.raw.read1(PIECE, decode_content=False):
                self._transfer.note(file.write(piece), self._url)
                if file.tell() > self._largest:
                    found = f"more than {self._largest:,} bytes: no file of a publisher is so large"
                    raise no_answer(self._url, found)
        except urllib3.exceptions.HTTPError:
            if total and is_strong and 0 < file.tell() < total:
                self._part = _Part(etag, file.tell(), total)
            raise


def _require_asked(conditions: Mapping[str, str], answer: Answer) -> None:
    """Raises NotWhole for "not changed" where nobody asked, or where it is said of other content."""
    asked = conditions.get("If-None-Match", "")
    is_other = bool(asked and answer.etag) and asked.removeprefix("W/") != answer.etag.removeprefix("W/")
    if not conditions or is_other:
        raise NotWhole("not modified, which was not asked" if not is_other else "not modified, of another content")


def _has_known_length(response: requests.Response, known: Validators | None) -> bool:
    """Whether an answer to an unconditional request has the length of what we have: all that its head can tell."""
    if known is None or known.conditions:
        return False
    return known.length is None or response.headers.get("Content-Length") == str(known.length)


def _require_usable(url: str, response: requests.Response, part: _Part | None) -> None:
    """Raises NotWhole for another part than the one asked for; NetworkError for content of which nobody can tell
    whether it is whole, or that is packed."""
    if response.status_code == 206 and not (part and part.is_continued_by(response)):
        raise NotWhole("another part than the one asked for")
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise no_answer(url, f"a body packed as {encoding}, which was not asked for and is not unpacked")
    if response.raw.length_remaining is None and not response.raw.chunked:
        raise no_answer(url, "a body without a length, which ends with the connection: nobody can tell if it is whole")


def _is_without_connection(problem: Exception) -> bool:
    """Whether no connection came about, to the host or to the proxy before it."""
    if isinstance(problem, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    cause = problem.args[0] if problem.args else None
    return isinstance(getattr(cause, "reason", None), urllib3.exceptions.ConnectTimeoutError)
