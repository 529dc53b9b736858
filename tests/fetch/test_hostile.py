"""Servers that mean ill, or are broken: each is refused in time with a message, or asked anew, and nothing is believed
that cannot be checked. A server here gives up after a while, so that a check taken out is a failed test and no hang."""

import hashlib
import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.catalogue.pins import Pin, write_pins
from pipeline.fetch import transfer
from pipeline.fetch.bounds import Patience
from tests.fetch.site import ENTRY, KEY, LATER_URL, MEMBER, NEW_CODE, URL, Site, order_zip
from tests.publisher import Step, Steps, Visit, serve
from tests.samples import write_zip

GIVES_UP = 20  # seconds
ENOUGH = 64 * 1024 * 1024  # bytes


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch, patience: Patience) -> None:
    """No back-off, and all the time that a busy machine may need."""
    monkeypatch.setattr(transfer, "PATIENCE", Patience(silence=GIVES_UP, tries=2, back_off=0))


def drip(visit: Visit, piece: bytes, every: float = 0.02) -> None:
    """The piece again and again, until the server gives up."""
    ends = time.monotonic() + GIVES_UP
    while time.monotonic() < ends:
        visit.write(piece)
        time.sleep(every)


def raw(head: bytes, then: Step = Visit.hang_up) -> Step:
    """Bytes as they are in the place of an answer."""

    def step(visit: Visit) -> None:
        visit.status = 1
        visit.write(head)
        then(visit)

    return step


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def refused(site: Site, *reasons: str) -> None:
    """A fetch fails with a message, and nothing is here."""
    result = site.fetch()
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 5, result.output
    assert all(reason in result.output for reason in reasons), result.output
    assert not site.stored.exists()
    assert "next:" in result.stderr


def fetched(site: Site) -> None:
    """A fetch brings the file that is posted."""
    result = site.fetch()
    assert result.exit_code == 0, result.output
    assert site.stored.read_bytes() == site.publisher.files[URL]


# Time and size


def head_that_drips(visit: Visit) -> None:
    visit.write(b"HTTP/1.1 200 OK\r\nX: ")
    drip(visit, b"x")
    visit.write(b"\r\n")
    serve(visit)


def continue_for_ever(visit: Visit) -> None:
    drip(visit, b"HTTP/1.1 100 Continue\r\n\r\n")
    serve(visit)


def trailers_for_ever(visit: Visit) -> None:
    assert visit.content is not None
    visit.start(200, Transfer_Encoding="chunked")
    visit.write(chunk(visit.content) + b"0\r\n")
    drip(visit, b"X: x\r\n")
    visit.write(b"\r\n")


def content_that_drips(visit: Visit) -> None:
    assert visit.content is not None
    visit.start(200, Content_Length=str(len(visit.content)))
    for at in range(len(visit.content) - 1):
        visit.write(visit.content[at : at + 1])
        time.sleep(0.02)
    time.sleep(GIVES_UP)
    visit.write(visit.content[-1:])


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (head_that_drips, "no whole head of an answer in 1 seconds"),
        (continue_for_ever, "no whole head of an answer in 1 seconds"),
        (trailers_for_ever, "no end of the transfer in 2 seconds"),
        (content_that_drips, "no end of the transfer in 2 seconds"),
    ],
)
def test_a_server_that_never_comes_to_an_end_is_given_up(
    site: Site, step: Step, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"head": 1} if "head" in reason else {"whole": 2}
    quick = Patience(silence=GIVES_UP, tries=2, back_off=0, measured_over=3600, **limits)
    monkeypatch.setattr(transfer, "PATIENCE", quick)
    site.publisher.misbehave(URL, step)
    refused(site, reason)


def test_a_head_without_end_is_given_up_by_its_size(site: Site) -> None:
    def step(visit: Visit) -> None:
        for _ in range(ENOUGH // 25_000):
            visit.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
        serve(visit)

    site.publisher.misbehave(URL, step)
    refused(site, "more than 1,048,576 bytes: before any content")


class EndlessBody:
    """An answer with a body as long as somebody reads it, and how much of it was sent."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status, self.headers, self.sent = status, headers, 0

    def __call__(self, visit: Visit) -> None:
        visit.start(self.status, Content_Length=str(10**12), **self.headers)
        while self.sent < ENOUGH:
            visit.write(bytes(65536))
            self.sent += 65536
        visit.hang_up()


def test_the_body_of_a_redirect_is_not_read(site: Site) -> None:
    moved = URL.replace("order", "moved")
    body = EndlessBody(302, Location="/www.cms.gov/files/zip/moved.zip")
    site.publisher.misbehave(URL, body)
    site.publisher.files[moved] = site.publisher.files[URL]
    fetched(site)
    assert body.sent < ENOUGH


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_of_the_body_of_an_error_no_more_than_a_little_is_read(site: Site, status: int) -> None:
    body = EndlessBody(status)
    site.publisher.misbehave(URL, body)
    refused(site, f"status {status}")
    assert body.sent < ENOUGH


def test_content_without_end_is_given_up_by_its_size(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 100_000)
    body = EndlessBody(200)
    site.publisher.misbehave(URL, body)
    refused(site, "more than 100,000 bytes")
    assert body.sent < ENOUGH


# Heads that are none


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\x01\x02 nonsense\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 6000 + b"\r\n\r\nx",
        b"HTTP/1.1 503 Busy\r\nRetry-After: " + b"9" * 6000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 1000 + b"\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-0/1\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=lambda head: head[:60].decode("ascii", "replace"),
)
def test_a_malformed_answer_is_a_message(site: Site, head: bytes) -> None:
    site.publisher.misbehave(URL, raw(head))
    refused(site)


# Where redirects lead


@pytest.mark.parametrize(
    "place",
    [
        "ftp://www.cms.gov/order.zip",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/plain,x",
        "httpx://www.cms.gov/order.zip",
        "https://[::1/order.zip",
        "https://user@evil.example/order.zip",
        "//evil.example/order.zip",
        "https://evil\u2100example/order.zip".encode().decode("latin-1"),
        "https://" + "a" * 5000,
    ],
    ids=lambda place: place[:40].encode("ascii", "replace").decode(),
)
def test_a_redirect_to_a_foreign_host_or_scheme_is_not_followed(site: Site, place: str) -> None:
    site.publisher.misbehave(URL, Steps.redirect(place))
    refused(site, "leads elsewhere; it was not followed")


def test_a_redirect_that_names_another_user_of_the_host_is_not_followed(site: Site) -> None:
    host = site.publisher.address.removeprefix("https://")
    site.publisher.misbehave(URL, Steps.redirect(f"https://{host}@evil.example/order.zip"))
    refused(site, "leads elsewhere; it was not followed")


@pytest.mark.parametrize(
    "url", ["https://[::1/order.zip", "ftp://www.cms.gov/order.zip", "https:order.zip", "order.zip"]
)
def test_an_address_of_the_catalogue_that_is_none_is_a_message(site: Site, url: str) -> None:
    site.write_entry(ENTRY.replace(URL, url))
    for result in (site.fetch(), site.refresh()):
        assert result.exit_code == 2
        assert f"{url} is no https address" in result.stderr
    assert site.publisher.visits == []


# Whole or not at all


def without_length(visit: Visit) -> None:
    assert visit.content is not None
    visit.start(200, Connection="close")
    visit.write(visit.content)
    visit.hang_up()


def test_content_that_ends_with_the_connection_is_refused_since_nobody_can_tell_if_it_is_whole(site: Site) -> None:
    site.publisher.misbehave(URL, without_length)
    refused(site, "a body without a length")


def in_chunks(end: bytes) -> Step:
    def step(visit: Visit) -> None:
        assert visit.content is not None
        visit.start(200, Transfer_Encoding="chunked")
        visit.write(chunk(visit.content[:100]) + chunk(visit.content[100:]) + end)
        visit.hang_up()

    return step


def test_chunks_that_end_are_whole(site: Site) -> None:
    site.publisher.misbehave(URL, in_chunks(b"0\r\n\r\n"))
    fetched(site)


def test_chunks_without_their_end_are_cut_though_all_content_is_there(site: Site) -> None:
    site.publisher.misbehave(URL, in_chunks(b""))
    refused(site, "cut short in each of 2 tries")


def test_declared_size_is_checked(site: Site) -> None:
    content = site.publisher.files[URL]
    assert isinstance(content, bytes)
    entry = (site.project.catalogue / "icd10cm.toml").read_text("utf-8")
    (site.project.catalogue / "icd10cm.toml").write_text(f"{entry}bytes = {len(content) + 1}\n", "utf-8")
    result = site.fetch()
    assert result.exit_code == 3
    assert f"{len(content) + 1:,} bytes" in result.stderr
    assert not site.stored.exists()
    (site.project.catalogue / "icd10cm.toml").write_text(f"{entry}bytes = {len(content)}\n", "utf-8")
    fetched(site)


# A file binds when its reader took it


def test_a_first_file_that_nobody_can_read_is_not_kept_and_the_good_one_takes_its_place(site: Site) -> None:
    good = site.publisher.files[URL]
    broken = write_zip(site.raw.parent / "broken.zip", {MEMBER: b"00001 A00 x nonsense\r\n"}).read_bytes()
    site.publisher.files[URL] = broken
    result = site.fetch()
    assert result.exit_code == 3, result.output
    assert "icd10cm/2025-10-01" in result.stderr
    assert ".incoming" not in result.output
    assert site.raw_files() <= {"fetched.toml"}
    site.publisher.files[URL] = good
    fetched(site)


def test_a_refresh_goes_on_without_a_new_file_that_nobody_can_read(site: Site) -> None:
    assert site.refresh().exit_code == 0
    site.post_later(NEW_CODE)
    good = site.publisher.files[LATER_URL]
    site.publisher.files[LATER_URL] = write_zip(site.raw.parent / "broken.zip", {MEMBER: b"nonsense\r\n"}).read_bytes()
    result = site.refresh()
    assert result.exit_code == 7, result.output
    site.publisher.files[LATER_URL] = good
    assert site.refresh().exit_code == 0


def test_a_recorded_file_that_nobody_can_read_gives_way_to_one_that_is_read(site: Site) -> None:
    """As an earlier version left it, or a person put it there."""
    good = site.publisher.files[URL]
    broken = write_zip(site.raw.parent / "broken.zip", {MEMBER: b"nonsense\r\n"}).read_bytes()
    site.stored.parent.mkdir(parents=True)
    site.stored.write_bytes(broken)
    pin = Pin(URL, hashlib.sha256(broken).hexdigest(), len(broken))
    for pins in ({}, {KEY: pin}):
        site.stored.write_bytes(broken)
        write_pins(site.raw, pins)
        result = site.fetch()
        assert "cannot be read, and gives way" in result.output
        assert site.stored.read_bytes() == good
        assert result.exit_code == 0


def test_a_file_of_a_layout_without_a_reader_is_kept_for_what_its_name_claims(site: Site) -> None:
    path = site.project.catalogue / "icd10cm.toml"
    path.write_text(path.read_text("utf-8").replace('"order_file"', '"of_no_reader"'), "utf-8")
    site.publisher.files[URL] = write_zip(site.raw.parent / "other.zip", {MEMBER: b"nonsense\r\n"}).read_bytes()
    fetched(site)


# Taking up what was cut


def cut(after: int, **marks: str) -> Step:
    def step(visit: Visit) -> None:
        assert visit.content is not None
        visit.start(200, Content_Length=str(len(visit.content)), **marks)
        visit.write(visit.content[:after])
        visit.hang_up()

    return step


@pytest.mark.parametrize(
    "marks", [{}, {"ETag": 'W/"1"'}, {"Last_Modified": "Thu, 01 Oct 2026 12:00:00 GMT"}], ids=["none", "weak", "a day"]
)
def test_without_a_strong_mark_a_cut_transfer_is_begun_anew(site: Site, marks: dict[str, str]) -> None:
    site.publisher.misbehave(URL, cut(100, **marks), serve)
    fetched(site)
    assert "Range" not in site.publisher.visits[1].headers


def part(make: Callable[[Visit, bytes], tuple[str, bytes, dict[str, str]]]) -> Step:
    def step(visit: Visit) -> None:
        assert visit.content is not None
        content_range, body, marks = make(visit, visit.content)
        visit.send(206, body, Content_Range=content_range, **marks)

    return step


def other_parts() -> Iterator[tuple[str, Step]]:
    def other(content: bytes) -> bytes:
        return b"x" * (len(content) - 100)

    yield "earlier", part(lambda _, c: (f"bytes 50-{len(c) - 1}/{len(c)}", c[50:], {}))
    yield "other start", part(lambda _, c: (f"bytes 0-{len(c) - 101}/{len(c)}", c[:-100], {}))
    yield "not to the end", part(lambda _, c: (f"bytes 100-199/{len(c)}", c[100:200], {}))
    yield "other total", part(lambda _, c: (f"bytes 100-{len(c) - 1}/{len(c) + 9}", other(c), {}))
    yield "longer", part(lambda _, c: (f"bytes 100-{len(c) + 8}/{len(c) + 9}", other(c) + b"x" * 9, {}))
    yield "no total", part(lambda _, c: (f"bytes 100-{len(c) - 1}/*", other(c), {}))
    yield "no range", part(lambda _, c: ("", other(c), {}))
    yield "other mark", part(lambda _, c: (f"bytes 100-{len(c) - 1}/{len(c)}", other(c), {"ETag": '"other"'}))
    yield "other length", part(lambda _, c: (f"bytes 100-{len(c) - 1}/{len(c)}", other(c)[:-1], {}))
    yield "nothing there", Steps.status(416)


@pytest.mark.parametrize("step", [each for _, each in other_parts()], ids=[name for name, _ in other_parts()])
def test_a_part_that_is_not_the_rest_is_thrown_away(site: Site, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PATIENCE", Patience(tries=3, back_off=0))
    site.publisher.misbehave(URL, Steps.cut(after=100), step, serve)
    fetched(site)
    assert [visit.headers.get("Range") for visit in site.publisher.visits] == [None, "bytes=100-", None]


# "Not modified"


def test_not_modified_that_nobody_asked_is_asked_again(site: Site) -> None:
    site.publisher.misbehave(URL, Steps.status(304), serve)
    fetched(site)


def test_not_modified_in_the_place_of_a_part_is_asked_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "PATIENCE", Patience(tries=3, back_off=0))
    site.publisher.misbehave(URL, Steps.cut(after=100), Steps.status(304), serve)
    fetched(site)


def test_nothing_but_not_modified_that_nobody_asked_is_a_message(site: Site) -> None:
    site.publisher.misbehave(URL, Steps.status(304))
    refused(site, "not modified, which was not asked")


def test_not_modified_of_another_content_is_asked_again_without_conditions(site: Site) -> None:
    site.fetch()
    second = order_zip(site.raw.parent, NEW_CODE)
    site.publisher.files[URL] = second
    site.publisher.behave()
    site.publisher.misbehave(URL, Steps.status(304, ETag='"other"'), serve)
    result = site.fetch()
    assert "the publisher re-posted the file" in result.stderr
    assert "If-None-Match" not in site.publisher.visits[1].headers


def test_not_modified_with_the_mark_that_was_asked_for_is_believed(site: Site) -> None:
    site.fetch()
    mark = site.publisher.visits[0].mark
    site.publisher.misbehave(URL, Steps.status(304, ETag=f"W/{mark}"))
    result = site.fetch()
    assert result.exit_code == 0
    assert "1 addresses unchanged" in result.output
