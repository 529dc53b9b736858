"""Connections that never come about: the look-up of a name, a proxy, or a server that takes one and stays silent."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pipeline.fetch import transfer
from pipeline.fetch.bounds import Patience
from pipeline.fetch.connections import addresses_of
from tests.fetch.site import Site

GIVES_UP = 60  # seconds, after which what is silent here ends, so that a limit taken out is a failed test and no hang
# What is silent for longer than the other side waits is no limit here: only those of connecting and of a head are.
PATIENCE = Patience(connect=0.5, silence=2 * GIVES_UP, head=1, connections=2, tries=2, back_off=0)
Talk = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch, patience: Patience) -> None:
    """Little time to connect in."""
    monkeypatch.setattr(transfer, "PATIENCE", PATIENCE)


@contextmanager
def listening(talk: Talk) -> Iterator[str]:
    """A server on the loopback that accepts, and then does as it is told; its place."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(GIVES_UP)

        def accept() -> None:
            while True:
                try:
                    threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def stay_silent(taken: socket.socket) -> None:
    with taken:
        time.sleep(GIVES_UP)


def drip(piece: bytes) -> Talk:
    def talk(taken: socket.socket) -> None:
        ends = time.monotonic() + GIVES_UP
        with taken:
            taken.sendall(b"HTTP/1.1 200 OK\r\n")
            while time.monotonic() < ends:
                try:
                    taken.sendall(piece)
                except OSError:
                    return
                time.sleep(0.05)

    return talk


def pour(taken: socket.socket) -> None:
    """Head lines without end, as fast as they are taken."""
    ends = time.monotonic() + GIVES_UP
    with taken:
        taken.sendall(b"HTTP/1.1 200 OK\r\n")
        while time.monotonic() < ends:
            try:
                taken.sendall(b"X-More: x\r\n" * 1000)
            except OSError:
                return


def refused_first(site: Site, *reasons: str) -> None:
    """A fetch fails for these reasons, before the other side gives up: after that they would be others."""
    result = site.fetch()
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 5, result.output
    assert all(reason in result.output for reason in reasons), result.output
    assert not site.stored.exists()


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (stay_silent, "timed out"),
        (drip(b"X-More: x\r\n"), "no whole head of an answer in 1 seconds"),
        (drip(b"x"), "no whole head of an answer in 1 seconds"),
        (pour, "more than 1,048,576 bytes: before any content"),
    ],
    ids=["silent", "lines that drip", "a line that drips", "lines without end"],
)
def test_a_proxy_that_never_says_it_is_connected_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch, talk: Talk, reason: str
) -> None:
    with listening(talk) as place:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{place}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        refused_first(site, reason)


def test_a_server_that_takes_the_connection_and_stays_silent_is_given_up(site: Site) -> None:
    with listening(stay_silent) as place:
        site.publisher.address = f"https://{place}"
        refused_first(site, "timed out")


def never_answers(*_: object, **__: object) -> list[object]:
    time.sleep(GIVES_UP)
    return []


def test_a_look_up_without_an_end_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", never_answers)
    refused_first(site, "no answer to the look-up of localhost in 0 seconds")


def test_a_look_up_of_the_proxy_without_an_end_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setattr(socket, "getaddrinfo", never_answers)
    refused_first(site, "no answer to the look-up of proxy.invalid")


def test_a_name_that_nobody_has_is_a_message(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    refused_first(site, "Name or service not known")


def test_an_address_that_does_not_answer_is_followed_by_the_next(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host with two addresses, of which the first refuses."""
    own = socket.getaddrinfo

    def two(host: str, *rest: object, **options: object) -> list[object]:
        names = ("127.1.2.3", "127.0.0.1") if host == "localhost" else (host,)
        return [place for name in names for place in own(name, *rest, **options)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    result = site.fetch()
    assert result.exit_code == 0, result.output
    assert site.stored.exists()


@pytest.mark.parametrize("name", ["x" * 70, "a..b"])
def test_a_name_that_can_be_none_is_not_known(name: str) -> None:
    with pytest.raises(socket.gaierror):
        addresses_of(name, 443, 5)
