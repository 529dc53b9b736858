"""Hosts that do not answer: after a few failures in a row the rest of a host's addresses are not waited for."""

import threading
from collections import defaultdict
from urllib.parse import urlsplit

from pipeline.errors import NetworkError

# How many addresses of one host may fail in a row. Where no connection comes about, the next one has no better luck,
# unless the host has answered in this run; a server that is there and has no answer for one address may have one for
# another.
FAILURES_ALLOWED = {"never reached": 1, "no connection": 2, "no answer": 10}


def host_of(url: str) -> str:
    """The host of an https address, with its port; nothing where it is no such address."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets or characters that no name of a host has
        return ""
    return parts.netloc if parts.scheme == "https" else ""


class Unreachable(NetworkError):
    """No connection to the host came about, or none that can be trusted."""


class Unavailable(NetworkError):
    """The host is there and did not answer as it should: silence, a connection cut, an error that may pass."""


class HostGivenUp(NetworkError):
    """An address that was not asked, since its host had failed too often before. The message names the host only."""


class Hosts:
    """What is known of the hosts in one run; several threads ask and tell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[str, int] = defaultdict(int)
        self._reached: set[str] = set()
        self._given_up: dict[str, HostGivenUp] = {}

    def require_answering(self, url: str) -> None:
        """Raises HostGivenUp for an address of a host that is not asked again."""
        with self._lock:
            problem = self._given_up.get(host_of(url))
        if problem:
            raise problem

    def is_given_up(self, url: str) -> bool:
        """Whether the host of an address is not asked again."""
        with self._lock:
            return host_of(url) in self._given_up

    def note_answer(self, url: str) -> None:
        """The host answered, whatever it said: failures are counted anew."""
        with self._lock:
            self._reached.add(host_of(url))
            self._failed.pop(host_of(url), None)

    def note_failure(self, url: str, problem: Unreachable | Unavailable) -> None:
        """One more address in a row without an answer."""
        host = host_of(url)
        with self._lock:
            self._failed[host] += 1
            if self._failed[host] >= self._allowed(host, problem) and host not in self._given_up:
                failed = self._failed[host]
                told = f"{failed} addresses in a row failed" if failed > 1 else "it could not be reached"
                found = f"{problem.found}; {told} and no other was asked"
                self._given_up[host] = HostGivenUp(f"https://{host}", "an answer", found, problem.next_step)

    def _allowed(self, host: str, problem: Unreachable | Unavailable) -> int:
        if isinstance(problem, Unavailable):
            return FAILURES_ALLOWED["no answer"]
        return FAILURES_ALLOWED["no connection" if host in self._reached else "never reached"]
