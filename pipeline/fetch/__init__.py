"""From the publishers' sites to the raw folder: the only part that opens the network.

wanted     which addresses, and which files come of each
network    the hosts that can be reached, and two workers for each
session    what may be asked of them: https, no other host, no redirect
connections  how one comes about, in time
transfer   one file over https, whole or not at all
limits     how long that may take, and how much of it is taken in
hosts      which of them do not answer, and are not waited for again
problems   what is said of a server that did not answer as it should
content    whether it is what its name claims
store      its place in the raw folder, or aside where it is not what was pinned
links      what the publishers' landing pages offer that the catalogue lacks
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import InFourParts, SeveralFailed, UsageError
from pipeline.fetch.content import WebPage
from pipeline.fetch.hosts import HostGivenUp
from pipeline.fetch.network import Network, Request
from pipeline.fetch.problems import NotThere
from pipeline.fetch.store import Reposted, RequireReadable, Store, refuse_excerpt
from pipeline.fetch.transfer import Answer, Validators
from pipeline.fetch.wanted import CatalogueFile, Wanted
from pipeline.run.lock import lock_folder


@dataclass(frozen=True)
class Listener:
    """Who hears how it goes: lines; bytes as they come; how many of all files are done."""

    say: Callable[[str], None]
    received: Callable[[int], None] = lambda size: None
    done: Callable[[int, int], None] = lambda done, total: None


@dataclass(frozen=True)
class FailedAddress:
    """An address whose answer could not be used: the problem, and which of its files are therefore not here."""

    wanted: Wanted
    problem: InFourParts
    missing: tuple[CatalogueFile, ...]

    @property
    def is_reposted(self) -> bool:
        """Whether the publisher has other content than the pinned one there."""
        return isinstance(self.problem, Reposted)


@dataclass
class Fetched:
    """What came of it: keys of files that are new here, how many addresses had nothing new, how many nothing at all,
    and the addresses that failed."""

    new: list[str] = field(default_factory=list)
    unchanged: int = 0
    absent: int = 0
    failed: list[FailedAddress] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{len(self.new)} new files, {self.unchanged} addresses unchanged, {self.absent} with nothing there"
        return told + (f", {len(self.failed)} failed" if self.failed else "")

    def require_all(self) -> None:
        """Raises NetworkError, RawFileError or SeveralFailed where an address failed."""
        problems = {str(each.problem): each.problem for each in self.failed}  # of a host that was given up, one
        if problems:
            first, *others = problems.values()
            raise SeveralFailed([first, *others]) if others else first


def plan(wanted: Sequence[Wanted], raw: Path) -> Iterator[str]:
    """What a fetch would ask for, line by line; nothing is asked or written."""
    for each in wanted:
        for item in each.items:
            is_here = (raw / item.key).is_file()
            size = f"{item.release.bytes:>12,} bytes" if item.release.bytes else f"{'size unknown':>18}"
            yield f"{'here' if is_here else 'to fetch':<10} {size}  {item.key}  {each.url}"


def fetch(
    wanted: Sequence[Wanted],
    raw: Path,
    network: Network,
    listener: Listener,
    require_readable: RequireReadable,
    *,
    accepted: Collection[str] = (),
) -> Fetched:
    """Brings the raw folder up to date with the publishers, as far as their files are what they should be.

    `require_readable` says whether the layout's readers take a file that the catalogue has no hash of. `accepted` are
    labels of entries whose changed content is to be used. An address that fails does not stop the others; where its
    file is not here, the catalogue's mirrors of it are asked. What failed is told by what is returned. Raises
    UsageError; LockHeld where another run fetches.
    """
    refuse_excerpt(raw)
    require_wanted(accepted, wanted)
    with lock_folder(raw):
        store = Store(raw, accepted, listener.say, require_readable)
        try:
            return _Run(store, listener).fetch(wanted, network, accepted)
        finally:
            store.close()


def require_wanted(accepted: Collection[str], wanted: Sequence[Wanted]) -> None:
    """Raises UsageError where the label of an entry whose changed content is accepted is that of none to be fetched."""
    unknown = sorted(set(accepted) - {item.label for each in wanted for item in each.items})
    if unknown:
        raise UsageError(
            f"--accept-changed {unknown[0]}: this is not among what is fetched\n"
            "  next:     name it as SOURCE/RELEASE, for example icd10cm/2025-10-01"
        )


class _Run:
    """One fetch: what came of it so far, and which files failed at which address."""

    def __init__(self, store: Store, listener: Listener) -> None:
        self._store, self._listener = store, listener
        self._fetched = Fetched()
        self._open_labels: set[str] = set()  # accepted, and not yet fulfilled by what was set aside

    def fetch(self, wanted: Sequence[Wanted], network: Network, accepted: Collection[str]) -> Fetched:
        """Asks every address, then the mirrors of those that failed; what came of it all."""
        self._open_labels = set(accepted) - self._accept(wanted, accepted)
        asked = [(each, each.url, None if self._is_open(each) else self._store.known(each)) for each in wanted]
        failed = self._ask(asked, network)
        lacking = [each for each in failed if each.missing]
        for number in range(max((len(each.wanted.mirrors) for each in lacking), default=0)):
            lacking = self._ask_mirrors(lacking, number, network)
        still_lacking = {each.wanted.url for each in lacking}
        for each in failed:
            if not each.missing or each.wanted.url in still_lacking:
                self._note(each)
        return self._fetched

    def _ask_mirrors(self, lacking: Sequence[FailedAddress], number: int, network: Network) -> list[FailedAddress]:
        """Asks the mirror of that number of each address, where its host is not given up; returns what is still
        lacking, with its first problem."""
        offered = [each for each in lacking if len(each.wanted.mirrors) > number]
        asked = [each for each in offered if not network.is_given_up(each.wanted.mirrors[number])]
        for each in asked:
            self._listener.say(f"mirror     {each.wanted.label}: {each.problem.found}; {each.wanted.mirrors[number]}")
        again = self._ask([(each.wanted, each.wanted.mirrors[number], None) for each in asked], network)
        for each in again:
            self._listener.say(f"mirror     {each.wanted.label}: {each.problem.found}")
        failed = {each.wanted.url for each in again}
        return [each for each in lacking if each not in asked or each.wanted.url in failed]

    def _ask(self, asked: Sequence[tuple[Wanted, str, Validators | None]], network: Network) -> list[FailedAddress]:
        """Asks for files at the addresses beside them, and takes in what comes. Returns what failed, in that order."""
        requests = {
            Request(url, known, self._store.incoming / str(number)): each
            for number, (each, url, known) in enumerate(asked)
        }
        failed: dict[str, FailedAddress] = {}
        with network.transfers(list(requests), self._listener.received) as coming:
            for done, future in enumerate(as_completed(coming), 1):
                request = coming[future]
                wanted = requests[request]
                try:
                    self._settle(wanted, request.url, future.result(), request.target)
                except InFourParts as problem:
                    missing = tuple(item for item in wanted.items if not self._store.is_sound(item))
                    failed[wanted.url] = FailedAddress(wanted, problem, missing)
                finally:
                    request.target.unlink(missing_ok=True)
                self._listener.done(done, len(requests))
        return [failed[each.url] for each in requests.values() if each.url in failed]

    def _accept(self, wanted: Sequence[Wanted], accepted: Collection[str]) -> set[str]:
        """The labels of which content that was set aside got its place."""
        items = [item for each in wanted for item in each.items if item.label in accepted]
        taken = [item for item in items if self._store.accept(item)]
        self._fetched.new += [item.key for item in taken]
        for item in taken:
            self._listener.say(f"accepted   {item.key}: the content that was set aside")
        return {item.label for item in taken}

    def _is_open(self, wanted: Wanted) -> bool:
        return any(item.label in self._open_labels for item in wanted.items)

    def _settle(self, wanted: Wanted, url: str, answer: Answer, target: Path) -> None:
        if not answer.is_new:
            self._store.keep(wanted, answer)
            self._fetched.unchanged += 1
            return
        size = target.stat().st_size
        new = self._store.take_in(wanted, url, target, answer)
        self._fetched.new += new
        self._fetched.unchanged += not new
        for key in new:
            self._listener.say(f"fetched    {key} ({size:,} bytes)")

    def _note(self, failed: FailedAddress) -> None:
        """Nothing is lost where the file is here already, or its address was a guess and nothing is there."""
        wanted, problem = failed.wanted, failed.problem
        is_absent = isinstance(problem, (NotThere, WebPage))
        is_here = not failed.missing and not self._is_open(wanted)
        if is_absent and (is_here or not any(item.is_trusted for item in wanted.items)):
            self._fetched.absent += 1
            self._listener.say(
                f"{'warning:' if is_here else 'absent':<10} {wanted.label}: {problem.found}: {wanted.url}"
            )
            return
        self._fetched.failed.append(failed)
        if not isinstance(problem, HostGivenUp):
            self._listener.say(f"failed     {wanted.label}: {problem.found}")
