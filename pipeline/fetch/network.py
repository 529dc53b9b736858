"""Many files at once: which hosts can be reached, by which address, and two workers for each."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.catalogue.sources import Source
from pipeline.errors import UsageError
from pipeline.fetch import transfer
from pipeline.fetch.hosts import Hosts, host_of
from pipeline.fetch.session import CONNECTIONS, open_session
from pipeline.fetch.transfer import Answer, Transfer, Validators

LARGEST_PAGE = 4 * 1024 * 1024  # landing pages have 20 to 400 kB


@dataclass(frozen=True)
class Request:
    """One address, what is known of its content, the file to write new content to, and how many bytes it may have."""

    url: str
    known: Validators | None
    target: Path
    largest: int | None = None


class Network:
    """The hosts that the catalogue names; or a mirror in their place, which holds each one's files in a folder of its
    name (`https://mirror.example/www.cms.gov/files/zip/...`)."""

    def __init__(self, catalogue: Mapping[str, Source], mirror: str | None = None) -> None:
        self._mirror = mirror.rstrip("/") if mirror else None
        named = host_of(self._mirror) if self._mirror else None
        if named == "":
            raise UsageError(f"{mirror}: no https address\n  next:     name one, such as https://mirror.example")
        self._reached = {named} if named else _hosts_of(catalogue)
        self._hosts = Hosts()

    def _address(self, url: str) -> str:
        return url if self._mirror is None else f"{self._mirror}/{url.removeprefix('https://')}"

    def is_given_up(self, url: str) -> bool:
        """Whether the host of an address did not answer, and is not asked again."""
        return self._hosts.is_given_up(self._address(url))

    @contextmanager
    def transfers(
        self, asked: Sequence[Request], received: Callable[[int], None]
    ) -> Iterator[dict[Future[Answer], Request]]:
        """Every transfer under way, two workers to a host. An error in the block stops those that are left."""
        stop = threading.Event()
        pools = {host_of(self._address(each.url)): ThreadPoolExecutor(CONNECTIONS) for each in asked}
        with open_session(self._reached, transfer.PATIENCE) as session:
            getting = Transfer(session, transfer.PATIENCE, stop, received, self._hosts)
            try:
                coming = {}
                for each in asked:
                    address = self._address(each.url)
                    pool = pools[host_of(address)]
                    coming[pool.submit(getting.get, address, each.target, each.known, each.largest)] = each
                yield coming
                for pool in pools.values():
                    pool.shutdown()  # no thread is left that has to do with a connection when the session closes it
            finally:
                stop.set()
                for pool in pools.values():
                    pool.shutdown(wait=False, cancel_futures=True)

    def get_pages(self, urls: Collection[str], received: Callable[[int], None]) -> dict[str, bytes]:
        """Landing pages by their addresses. Raises NetworkError for one that cannot be had."""
        with TemporaryDirectory() as folder:
            asked = [Request(url, None, Path(folder) / str(number), LARGEST_PAGE) for number, url in enumerate(urls)]
            with self.transfers(asked, received) as coming:
                for future in as_completed(coming):
                    future.result()
            return {each.url: each.target.read_bytes() for each in asked}


def _hosts_of(catalogue: Mapping[str, Source]) -> set[str]:
    fetched = [source for source in catalogue.values() if not source.licensed]
    addresses = [url for source in fetched for each in source.releases for url in (each.url, *each.mirrors) if url]
    pages = [page for source in fetched for page in source.landing_pages]
    return {host_of(address) for address in [*addresses, *pages]}
