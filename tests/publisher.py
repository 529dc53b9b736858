"""A publisher's server on the loopback: real HTTPS, the catalogue's addresses, and every way of misbehaving.

It stands for all hosts at once, as a mirror does: `/www.cms.gov/files/zip/x.zip` is that host's file. What it does
with an address is a list of steps, one for each request, of which the last goes on for ever.
"""

import hashlib
import re
import ssl
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import trustme

from pipeline.catalogue.sources import Source, read_catalogue
from pipeline.fetch.wanted import CatalogueFile, Choice, Wanted, choose

Content = bytes | Path
Step = Callable[["Visit"], None]


@dataclass
class Publisher:
    """What lies on the server, how it behaves, and who came."""

    files: dict[str, Content]
    steps: dict[str, list[Step]] = field(default_factory=dict)
    visits: list["Visit"] = field(default_factory=list)
    connections: int = 0
    most_connections: int = 0
    all_connections: int = 0
    address: str = ""
    authority: Path = Path()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def misbehave(self, url: str, *steps: Step) -> None:
        """What to do at an address, request by request."""
        self.steps[url] = list(steps)

    def behave(self) -> None:
        """Forgets every misbehaviour and every visit."""
        self.steps.clear()
        self.visits.clear()

    def bodies(self) -> list[str]:
        """Addresses whose content was sent, in order."""
        return [visit.url for visit in self.visits if visit.status in (200, 206)]


@dataclass
class Visit:
    """One request: the address as the catalogue has it, and the means to answer."""

    url: str
    handler: BaseHTTPRequestHandler
    content: bytes | None
    status: int = 0

    @property
    def mark(self) -> str:
        """The entity tag of the content."""
        assert self.content is not None
        return _mark(self.content)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request."""
        return self.handler.headers  # type: ignore[return-value]

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.start(status, **{"Content_Length": str(len(body)), **headers})
        self.write(body)

    def start(self, status: int, **headers: str) -> None:
        """The head of an answer."""
        self.status = status
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, body: bytes) -> None:
        """A part of the body, at once."""
        self.handler.wfile.write(body)
        self.handler.wfile.flush()

    def hang_up(self) -> None:
        """Closes the connection, whatever was announced."""
        self.handler.close_connection = True


@cache
def _mark(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()


def serve(visit: Visit) -> None:
    """What a well-run server does: conditions, parts, marks."""
    if visit.content is None:
        visit.send(404, b"nothing here")
        return
    mark = visit.mark
    if visit.headers.get("If-None-Match") == mark:
        visit.send(304, ETag=mark)
        return
    part = re.fullmatch(r"bytes=(\d+)-", visit.headers.get("Range", ""))
    if part and visit.headers.get("If-Range", mark) == mark and (start := int(part[1])) < len(visit.content):
        size = len(visit.content)
        visit.send(206, visit.content[start:], ETag=mark, Content_Range=f"bytes {start}-{size - 1}/{size}")
        return
    visit.send(200, visit.content, ETag=mark, Last_Modified="Thu, 01 Oct 2026 12:00:00 GMT")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    publisher: Publisher

    def do_GET(self) -> None:
        publisher = self.publisher
        url = "https://" + self.path.lstrip("/")
        content = publisher.files.get(url, publisher.files.get(unquote(url)))
        visit = Visit(url, self, _read(content) if isinstance(content, Path) else content)
        with publisher.lock:
            publisher.visits.append(visit)
            steps = publisher.steps.get(url, [serve])
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        step(visit)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    publisher: Publisher

    def process_request(self, request, client_address) -> None:
        with self.publisher.lock:  # before anything is answered: whoever has an answer finds the connection counted
            self.publisher.all_connections += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:
        publisher = self.publisher
        with publisher.lock:
            publisher.connections += 1
            publisher.most_connections = max(publisher.most_connections, publisher.connections)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with publisher.lock:
                publisher.connections -= 1

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is no news."""


@contextmanager
def open_publisher(files: Mapping[str, Content], folder: Path, *, expires: object = None) -> Iterator[Publisher]:
    """A server for the time of the block. `folder` gets the certificate of its authority."""
    publisher = Publisher(dict(files))
    authority = trustme.CA()
    publisher.authority = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(publisher.authority))
    certificate = authority.issue_cert("localhost", not_after=expires)  # type: ignore[arg-type]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"publisher": publisher}))
    server.publisher = publisher
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    publisher.address = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()


# What lies on the server


def posted(catalogue: Mapping[str, Source], raw: Path) -> dict[str, Content]:
    """The files of a raw folder under the catalogue's addresses; where a member is stored, a zip that holds it."""
    files: dict[str, Content] = {}
    for wanted in choose(catalogue, Choice(every=True), raw, lambda line: None):
        content = _posted(wanted, raw)
        if content is not None:
            files[wanted.url] = content
    return files


def _posted(wanted: Wanted, raw: Path) -> Content | None:
    (first, *_) = wanted.items
    if not first.release.unpack:
        path = raw / first.key
        return path if path.is_file() else None
    members = [member for item in wanted.items for member in _members(item, raw)]
    if not members:
        return None
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(f"a folder/{name}"), content)
    return body.getvalue()


def _members(item: CatalogueFile, raw: Path) -> list[tuple[str, bytes]]:
    """The stored member; where only a re-packed zip of it is here, the member in that."""
    path = raw / item.key
    if path.is_file():
        return [(path.name, path.read_bytes())]
    packed = item.release.supersedes and path.with_name(item.release.supersedes)
    if not packed or not packed.is_file():
        return []
    with zipfile.ZipFile(packed) as archive:
        return [(path.name, archive.read(path.name))]


def narrow_catalogue(catalogue: Path, target: Path, urls: Mapping[str, Content]) -> Path:
    """A copy of a catalogue with those entries only whose addresses are among the given ones."""
    target.mkdir(parents=True)
    for path in sorted(catalogue.glob("*.toml")):
        head, *entries = re.split(r"(?m)^(?=\[\[release\]\])", path.read_text(encoding="utf-8"))
        kept = [entry for entry in entries if any(f'url = "{url}"' in entry for url in urls)]
        if kept:
            (target / path.name).write_text(head + "".join(kept), encoding="utf-8")
    return target


def addressed_sources(excerpt: Path, catalogue: Path) -> list[str]:
    """The sources of the excerpt that anybody may fetch, and whose files there have an address."""
    sources = read_catalogue(catalogue)
    return [
        folder.name
        for folder in sorted(path for path in excerpt.iterdir() if path.is_dir())
        if not sources[folder.name].licensed
        and all(each.url for each in sources[folder.name].releases if (folder / each.release).is_dir())
    ]


def posted_excerpt(excerpt: Path, catalogue: Path, target: Path, sources: list[str]) -> dict[str, Content]:
    """Some sources of the excerpt as a publisher would post them, zips where the catalogue has zips, and a catalogue of
    them without hashes in the folder `target`."""
    target.mkdir(parents=True)
    files: dict[str, Content] = {}
    for source in sources:
        head, *entries = re.split(r"(?m)^(?=\[\[release\]\])", (catalogue / f"{source}.toml").read_text("utf-8"))
        last = {re.search(r'release = "(.*)"', entry)[1]: entry for entry in entries}  # type: ignore[index]
        kept = []
        for folder in sorted((excerpt / source).iterdir()):
            kept.append(_as_posted(last[folder.name], folder, files))
        (target / f"{source}.toml").write_text(head + "\n".join(kept), encoding="utf-8")
    return files


def _as_posted(entry: str, folder: Path, files: dict[str, Content]) -> str:
    """Adds the file of one release to `files`; returns its entry, without the hash of the official file."""
    entry = re.sub(r"(?m)^(sha256|bytes|url_status|unpack|supersedes|note) = .*\n", "", entry)
    members = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    url = re.search(r'url = "(.*)"', entry)[1]  # type: ignore[index]
    if re.search(r'(?m)^file = ".*\.zip"', entry):
        body = BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name), content)
        files[url] = body.getvalue()
        return entry
    ((name, content),) = members.items()
    files[url] = content
    return re.sub(r'(?m)^file = ".*"', f'file = "{name}"', entry)


# Misbehaviour


@dataclass(frozen=True)
class Steps:
    """Ways to misbehave that need no more than a number or an address."""

    @staticmethod
    def status(code: int, **headers: str) -> Step:
        """An answer with an error's status."""
        return lambda visit: visit.send(code, b"<html>sorry</html>", **headers)

    @staticmethod
    def redirect(to: str) -> Step:
        """A redirect."""
        return lambda visit: visit.send(302, Location=to)

    @staticmethod
    def content(body: bytes, **headers: str) -> Step:
        """Status 200 with these bytes."""
        return lambda visit: visit.send(200, body, **headers)

    @staticmethod
    def cut(after: int) -> Step:
        """The connection ends in the middle of the file; with a mark, so that it can be taken up."""

        def step(visit: Visit) -> None:
            assert visit.content is not None
            visit.start(200, Content_Length=str(len(visit.content)), ETag=visit.mark)
            visit.write(visit.content[:after])
            visit.hang_up()

        return step

    @staticmethod
    def trickle(every: float) -> Step:
        """A byte now and then, for ever."""

        def step(visit: Visit) -> None:
            visit.start(200, Content_Length="1000000")
            wait = threading.Event()
            while not wait.wait(every):
                visit.write(b"x")

        return step
