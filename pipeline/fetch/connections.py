"""Connections that come about in time, or not at all: the look-up of a name and the word of a proxy have limits too.

The system's look-up has no deadline that a caller could set, and urllib3 reads what a proxy says without end.
"""

import queue
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from pipeline.fetch.bounds import LimitedPlainSocket, LimitedSocket


def addresses_of(name: str, port: int, seconds: float | None) -> list[str]:
    """The addresses of a host. Raises gaierror, or TimeoutError where the look-up has no end in so many seconds.

    One that has none goes on in a thread that nobody waits for, not even the end of the process.
    """
    found: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        """Puts what the system says, or how it failed, where the caller waits."""
        try:
            found.put(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as problem:  # the latter for a name that cannot be one
            found.put(problem if isinstance(problem, OSError) else socket.gaierror(str(problem)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer to the look-up of {name} in {seconds:,.0f} seconds") from None
    if isinstance(answer, OSError):
        raise answer
    return list(dict.fromkeys(str(place[0]) for *_, place in answer))


class PunctualConnection(HTTPSConnection):
    """A connection whose look-up ends within the time to connect, and whose proxy keeps to the limits of a head."""

    def _new_conn(self) -> socket.socket:
        """As urllib3 has it, address by address."""
        name, problem = self._dns_host, None
        for address in self._addresses():
            self._dns_host = address
            try:
                return LimitedPlainSocket.of(super()._new_conn())
            except (ConnectTimeoutError, NewConnectionError) as failed:
                problem = failed
            finally:
                self._dns_host = name
        raise problem or NewConnectionError(self, f"{name} has no address")

    def _addresses(self) -> list[str]:
        seconds = self.timeout if isinstance(self.timeout, int | float) else None
        try:
            return addresses_of(self._dns_host, self.port or 443, seconds)
        except TimeoutError as problem:
            raise ConnectTimeoutError(self, str(problem)) from problem
        except socket.gaierror as problem:
            raise NameResolutionError(self.host, self, problem) from problem


class _Pool(HTTPSConnectionPool):
    ConnectionCls = PunctualConnection


class LimitedAdapter(HTTPAdapter):
    """Connections that come about in time, whose sockets keep to the limits of the transfer that uses them."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """As requests has it, with such connections."""
        super().init_poolmanager(*arguments, ssl_context=_context(), **options)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As requests has it, with such connections."""
        manager = super().proxy_manager_for(proxy, ssl_context=_context(), **options)
        manager.pool_classes_by_scheme = {"https": _Pool}
        return manager


def _context() -> Any:
    context = create_urllib3_context()
    context.sslsocket_class = LimitedSocket
    return context
