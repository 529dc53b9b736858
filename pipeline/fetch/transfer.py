"""One file over the network: only https, only hosts of the catalogue, at most two connections to each.

requests and urllib3 do the work (connections, certificates, retries with back-off). What they leave to the caller is
here: taking up a transfer that was cut, and giving up on one that is too slow or too large.
"""

import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from pipeline import __version__
from pipeline.errors import NetworkError
from pipeline.fetch.hosts import Hosts, Unavailable, Unreachable

AGENT = f"crosswalk/{__version__} (crosswalk-codes: rebuilds US medical code tables; requests/{requests.__version__})"
CONNECTIONS = 2  # to one host at a time: the publishers are public services
REDIRECTS = 5
LARGEST = 512 * 1024 * 1024  # the largest file of the catalogue has 40 MB
PIECE = 256 * 1024
TEMPORARY = frozenset({429, 500, 502, 503, 504})
RANGE_START = re.compile(r"bytes (\d+)-")


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server: seconds to connect, seconds of silence, tries to connect and tries in all, seconds
    before the second retry (doubled each time), and the slowest rate in bytes a second over so many seconds."""

    connect: float = 10
    silence: float = 30
    connections: int = 3
    tries: int = 5
    back_off: float = 1
    slowest: int = 1000
    measured_over: float = 30


PATIENCE = Patience()


@dataclass(frozen=True)
class Validators:
    """By what new content is told from the one we have: the publisher's marks; without any, its length (None: any)."""

    etag: str = ""
    last_modified: str = ""
    length: int | None = None


@dataclass(frozen=True)
class Answer:
    """What a server said: whether there is new content, and its marks."""

    is_new: bool
    etag: str = ""
    last_modified: str = ""


class NotThere(NetworkError):
    """The server says that nothing is at the address."""


class Stopped(Exception):
    """The run ends, and this transfer with it."""


class _Refusing(BaseAdapter):
    """Stands for every address that is not on the list: redirects end here as well."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__()
        self._hosts = sorted(hosts)

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Sends nothing: raises NetworkError for every address that comes here."""
        raise NetworkError(
            where=str(request.url),
            expected="an https address on one of " + ", ".join(self._hosts),
            found="a link or a redirect that leads elsewhere; it was not followed",
            next_step="open the landing page of the source and correct `url` in the catalogue",
        )

    def close(self) -> None:
        """Holds nothing."""


def open_session(hosts: Collection[str], patience: Patience) -> requests.Session:
    """A session that reaches the given hosts over https and nothing else.

    Certificates are verified against the usual authorities, or those of REQUESTS_CA_BUNDLE; HTTPS_PROXY is respected.
    The environment is asked once and not for each request, and never for passwords.
    """
    session = requests.Session()
    for host in hosts:
        settings = session.merge_environment_settings(f"https://{host}", {}, None, None, None)
        session.verify = settings["verify"]
        session.proxies.update({f"https://{host.partition(':')[0]}": settings["proxies"].get("https", "")})
    session.trust_env = False
    session.headers.update({"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"})
    session.max_redirects = REDIRECTS
    refusing = _Refusing(hosts)
    session.mount("https://", refusing)
    session.mount("http://", refusing)
    retries = urllib3.Retry(
        total=patience.tries - 1,
        connect=patience.connections - 1,
        other=0,  # a certificate that does not hold will not hold a moment later
        status_forcelist=TEMPORARY,
        allowed_methods={"GET"},
        backoff_factor=patience.back_off,
        raise_on_status=False,
        retry_after_max=120,
    )
    for host in hosts:
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS, pool_block=True, max_retries=retries)
        session.mount(f"https://{host}/", adapter)
    return session


class Transfer:
    """Gets files in one session, until `stop` is set; `received` hears of every piece, in bytes. `hosts` is asked which
    host is given up, and told how each answers."""

    def __init__(
        self,
        session: requests.Session,
        patience: Patience,
        stop: threading.Event,
        received: Callable[[int], None] = lambda size: None,
        hosts: Hosts | None = None,
    ) -> None:
        self._session, self._patience = session, patience
        self._stop, self._received = stop, received
        self._hosts = hosts or Hosts()

    def get(self, url: str, target: Path, known: Validators | None = None) -> Answer:
        """Writes the content of an address to `target`, unless it is what is `known`; else nothing is left there.

        A transfer that is cut is taken up where it stopped, if the server can, or begun anew. Raises NetworkError.
        """
        self._hosts.require_answering(url)
        try:
            answer = self._get(url, target, known)
        except (Unreachable, Unavailable) as problem:
            self._hosts.note_failure(url, problem)
            raise
        except NetworkError:
            self._hosts.note_answer(url)
            raise
        self._hosts.note_answer(url)
        return answer

    def _get(self, url: str, target: Path, known: Validators | None) -> Answer:
        try:
            for attempt in range(self._patience.tries):
                try:
                    return self._try(url, target, known)
                except (urllib3.exceptions.HTTPError, requests.exceptions.ChunkedEncodingError) as cut:
                    reason = cut
                    self._stop.wait(self._patience.back_off * 2**attempt)
            raise _cut(url, target, reason, self._patience.tries)
        except BaseException:
            target.unlink(missing_ok=True)
            target.with_suffix(".mark").unlink(missing_ok=True)
            raise

    def _try(self, url: str, target: Path, known: Validators | None) -> Answer:
        mark = target.with_suffix(".mark")
        have = target.stat().st_size if target.is_file() and mark.is_file() else 0
        headers = _conditions(known) if not have else {"Range": f"bytes={have}-", "If-Range": mark.read_text("utf-8")}
        with self._ask(url, headers) as response:
            answer = Answer(True, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            if response.status_code == 304:
                response.raw.drain_conn()  # a connection whose answer was read to its end is used again
            if response.status_code == 304 or _is_known(response, known):
                return Answer(False, answer.etag, answer.last_modified)
            _refuse_encoding(url, response)
            _leave_mark(mark, answer)
            if response.status_code == 206 and not _goes_on(response, have):
                target.unlink(missing_ok=True)
                raise urllib3.exceptions.ProtocolError("another part than the one asked for")
            with target.open("ab" if response.status_code == 206 else "wb") as file:
                self._receive(url, response, file)
        mark.unlink(missing_ok=True)
        return answer

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer's head. Raises NetworkError for anything that is not content or "not changed"."""
        timeouts = (self._patience.connect, self._patience.silence)
        try:
            response = self._session.get(url, headers=headers, stream=True, timeout=timeouts)
        except requests.exceptions.TooManyRedirects as problem:
            raise _no_answer(url, f"more than {REDIRECTS} redirects: it leads in a circle") from problem
        except requests.exceptions.SSLError as problem:
            found = f"a certificate that does not hold ({_reason(problem)})"
            raise _no_answer(url, found, Unreachable) from problem
        except requests.exceptions.RequestException as problem:
            kind = Unreachable if _is_without_connection(problem) else Unavailable
            raise _no_answer(url, f"none ({_reason(problem)})", kind) from problem
        if response.status_code not in (200, 206, 304):
            response.close()
            raise _refusal(url, response, self._patience.tries)
        return response

    def _receive(self, url: str, response: requests.Response, file: Any) -> None:
        """Writes the body as it comes. Raises urllib3's errors where it is cut short."""
        start, size = time.monotonic(), 0
        while piece := response.raw.read1(PIECE, decode_content=False):
            if self._stop.is_set():
                raise Stopped(url)
            size += file.write(piece)
            self._received(len(piece))
            if file.tell() > LARGEST:
                raise _no_answer(url, f"more than {LARGEST:,} bytes: no file of a publisher is so large")
            seconds = time.monotonic() - start
            if seconds > self._patience.measured_over and size < self._patience.slowest * seconds:
                raise _no_answer(url, f"{size / seconds:,.0f} bytes a second, slower than {self._patience.slowest:,}")


def _conditions(known: Validators | None) -> dict[str, str]:
    if known is None:
        return {}
    marks = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in marks.items() if value}


def _is_known(response: requests.Response, known: Validators | None) -> bool:
    """Whether an answer to an unconditional request has the length of what we have: all that its head can tell."""
    if known is None or known.etag or known.last_modified:
        return False
    return known.length is None or response.headers.get("Content-Length") == str(known.length)


def _goes_on(response: requests.Response, have: int) -> bool:
    start = RANGE_START.match(response.headers.get("Content-Range", ""))
    return have > 0 and start is not None and int(start[1]) == have


def _leave_mark(mark: Path, answer: Answer) -> None:
    """Keeps by what a half transfer is known; without a strong mark it is begun anew."""
    strong = answer.etag if not answer.etag.startswith("W/") else ""
    if strong or answer.last_modified:
        mark.write_text(strong or answer.last_modified, encoding="utf-8")


def _refuse_encoding(url: str, response: requests.Response) -> None:
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise _no_answer(url, f"a body packed as {encoding}, which was not asked for and is not unpacked")


def _is_without_connection(problem: requests.exceptions.RequestException) -> bool:
    """Whether no connection came about, to the host or to the proxy before it."""
    if isinstance(problem, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    cause = problem.args[0] if problem.args else None
    return isinstance(getattr(cause, "reason", None), urllib3.exceptions.ConnectTimeoutError)


def _no_answer(url: str, found: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
    host = urlsplit(url).hostname
    return kind(url, "the file", found, f"see whether {host} can be reached, and run again")


def _cut(url: str, target: Path, reason: Exception, tries: int) -> NetworkError:
    size = target.stat().st_size if target.is_file() else 0
    found = f"a transfer cut short in each of {tries} tries, the last after {size:,} bytes ({_reason(reason)})"
    return _no_answer(url, found, Unavailable)


def _refusal(url: str, response: requests.Response, tries: int) -> NetworkError:
    found = f"status {response.status_code} {response.reason}"
    if response.status_code in (404, 410):
        step = 'look on the landing page for the new address; if it is no longer posted: url_status = "gone"'
        return NotThere(url, "the file", found, f"{step} in the catalogue")
    if response.status_code in (401, 403):
        step = "the host may refuse programs that say so: get the file with a browser, into the folder of its release"
        return NetworkError(url, "the file", found, step)
    if response.status_code in TEMPORARY:
        return _no_answer(url, f"{found}, {tries} times", Unavailable)
    return _no_answer(url, found)


def _reason(problem: BaseException) -> str:
    """The innermost reason on one line, without the addresses of objects."""
    while (inner := getattr(problem, "reason", None) or next(iter(problem.args), None)) is not None:
        if not isinstance(inner, BaseException):
            break
        problem = inner
    return re.sub(r"<[^>]*>|\s+", " ", str(problem)).strip(" :,()'\"") or type(problem).__name__
