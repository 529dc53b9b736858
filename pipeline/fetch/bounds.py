"""How long a server may take, and how much of what it sends is taken in: counted where the bytes arrive.

A time to be silent in is no limit: a head, a redirect's body, a chunk's trailer can come a byte at a time, or without
end. So the socket itself knows when its transfer must be over, and what it may still receive.
"""

import socket
import ssl
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

LARGEST_HEAD = (
    1024 * 1024
)  # bytes of an answer before its content, with bodies that nobody wants: far more than any has


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server: seconds to connect, seconds of silence, seconds until the head of an answer is
    whole, seconds for a whole transfer with all its tries; tries to connect and tries in all, seconds before the second
    retry (doubled each time), and the slowest rate of content in bytes a second over so many seconds."""

    connect: float = 10
    silence: float = 30
    head: float = 60
    whole: float = 1800  # 40 MB, the largest file of the catalogue, at 22 kB a second
    connections: int = 3
    tries: int = 5
    back_off: float = 1
    slowest: int = 1000
    measured_over: float = 30


class BeyondLimits(TimeoutError):
    """A server took too long, or sent too much; what libraries make of it is a timeout."""


class Limits:
    """What one transfer may still take. `exceeded` says in words which limit it went beyond, `is_over` whether a
    further try is of no use."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._ends = time.monotonic() + patience.whole
        self.exceeded, self.is_over = "", False
        self.begin_request()

    def begin_request(self) -> None:
        """A request goes out: its answer's head has a time and a size of its own."""
        self._begin(self._patience.head, LARGEST_HEAD)
        self._is_content = False

    def begin_content(self, size: int) -> None:
        """The head is here, and content of at most so many bytes follows."""
        self._begin(self._patience.whole, size + LARGEST_HEAD)  # chunks have heads, too
        self._is_content = True

    def _begin(self, seconds: float, size: int) -> None:
        self._began = time.monotonic()
        self._request_ends = self._began + seconds
        self._most, self._size = size, 0

    def seconds_left(self) -> float:
        """How long the next bytes may take. Raises BeyondLimits where there is no time left."""
        now = time.monotonic()
        if now >= self._ends:
            self._refuse(f"no end of the transfer in {self._patience.whole:,.0f} seconds", is_over=True)
        if now >= self._request_ends:
            self._refuse(f"no whole head of an answer in {self._patience.head:,.0f} seconds")
        return min(self._ends, self._request_ends) - now

    def count(self, size: int) -> None:
        """So many bytes came. Raises BeyondLimits where they are too many, or come too slowly."""
        self._size += size
        if self._size > self._most:
            what = "no file of a publisher is so large" if self._is_content else "before any content"
            self._refuse(f"more than {self._most:,} bytes: {what}", is_over=self._is_content)
        seconds = time.monotonic() - self._began
        slowest = self._patience.slowest
        if self._is_content and seconds > self._patience.measured_over and self._size < slowest * seconds:
            self._refuse(f"{self._size / seconds:,.0f} bytes a second, slower than {slowest:,}", is_over=True)

    def _refuse(self, why: str, *, is_over: bool = False) -> None:
        self.exceeded, self.is_over = why, is_over
        raise BeyondLimits(why)


UNDER_WAY: ContextVar[Limits | None] = ContextVar("limits", default=None)


class _KeepsLimits(socket.socket):
    """A socket that keeps to the limits of the transfer under way in its thread."""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Sends a request, whose answer is waited for from now on."""
        if limits := UNDER_WAY.get():
            limits.begin_request()
        super().sendall(data, flags)

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        """Receives what there is. Raises BeyondLimits, a TimeoutError."""
        limits = UNDER_WAY.get()
        if limits is None:
            return super().recv_into(*arguments, **options)
        silence = self.gettimeout()
        left = limits.seconds_left()
        self.settimeout(left if silence is None else min(silence, left))
        try:
            received = super().recv_into(*arguments, **options)
        except TimeoutError:
            limits.seconds_left()  # says so where it was not the silence
            raise
        finally:
            self.settimeout(silence)
        limits.count(received)
        return received


class LimitedSocket(_KeepsLimits, ssl.SSLSocket):
    """One with TLS, as all that reach a publisher."""


class LimitedPlainSocket(_KeepsLimits):
    """One without, before there is TLS: a proxy is told by it where to lead."""

    @classmethod
    def of(cls, sock: socket.socket) -> "LimitedPlainSocket":
        """The same connection; `sock` is of no use any more."""
        silence = sock.gettimeout()
        limited = cls(sock.family, sock.type, sock.proto, sock.detach())
        limited.settimeout(silence)
        return limited
