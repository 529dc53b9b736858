"""From the publishers' sites to the raw folder: the only part that opens the network.

wanted     which addresses, and which files come of each
network    the hosts that can be reached, and two workers for each
transfer   one file over https, with patience and manners
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
from pipeline.fetch.network import Network, Request
from pipeline.fetch.store import Store, refuse_excerpt
from pipeline.fetch.transfer import Answer, NotThere
from pipeline.fetch.wanted import Wanted
from pipeline.run.lock import lock_folder


@dataclass(frozen=True)
class Listener:
    """Who hears how it goes: lines; bytes as they come; how many of all files are done."""

    say: Callable[[str], None]
    received: Callable[[int], None] = lambda size: None
    done: Callable[[int, int], None] = lambda done, total: None


@dataclass
class Fetched:
    """What came of it: keys of files that are new here, how many addresses had nothing new, how many nothing at all."""

    new: list[str] = field(default_factory=list)
    unchanged: int = 0
    absent: int = 0

    def __str__(self) -> str:
        return f"{len(self.new)} new files, {self.unchanged} addresses unchanged, {self.absent} with nothing there"


def plan(wanted: Sequence[Wanted], raw: Path) -> Iterator[str]:
    """What a fetch would ask for, line by line; nothing is asked or written."""
    for each in wanted:
        for item in each.items:
            is_here = (raw / item.key).is_file()
            size = f"{item.release.bytes:>12,} bytes" if item.release.bytes else f"{'size unknown':>18}"
            yield f"{'here' if is_here else 'to fetch':<10} {size}  {item.key}  {each.url}"


def fetch(
    wanted: Sequence[Wanted], raw: Path, network: Network, listener: Listener, accepted: Collection[str] = ()
) -> Fetched:
    """Brings the raw folder up to date with the publishers, as far as their files are what they should be.

    `accepted` are labels of entries whose changed content is to be used. A file that fails does not stop the others.
    Raises, when all were tried, NetworkError, RawFileError or SeveralFailed; LockHeld where another run fetches.
    """
    refuse_excerpt(raw)
    _refuse_unknown(accepted, wanted)
    with lock_folder(raw):
        store = Store(raw, accepted, listener.say)
        try:
            return _Run(store, listener).fetch(wanted, network, accepted)
        finally:
            store.close()


def _refuse_unknown(accepted: Collection[str], wanted: Sequence[Wanted]) -> None:
    unknown = sorted(set(accepted) - {item.label for each in wanted for item in each.items})
    if unknown:
        raise UsageError(
            f"--accept-changed {unknown[0]}: this is not among what is fetched\n"
            "  next:     name it as SOURCE/RELEASE, for example icd10cm/2025-10-01"
        )


class _Run:
    """One fetch: what came of it so far, and what failed."""

    def __init__(self, store: Store, listener: Listener) -> None:
        self._store, self._listener = store, listener
        self._fetched, self._problems = Fetched(), list[InFourParts]()

    def fetch(self, wanted: Sequence[Wanted], network: Network, accepted: Collection[str]) -> Fetched:
        open_labels = set(accepted) - self._accept(wanted, accepted)
        asked = {
            Request(each.url, None if self._is_open(each, open_labels) else self._store.known(each), target): each
            for number, each in enumerate(wanted)
            for target in [self._store.incoming / str(number)]
        }
        with network.transfers(list(asked), self._listener.received) as coming:
            for done, future in enumerate(as_completed(coming), 1):
                question = coming[future]
                try:
                    self._settle(asked[question], future.result(), question.target)
                except InFourParts as problem:
                    self._note(problem, asked[question], is_here=question.known is not None)
                finally:
                    question.target.unlink(missing_ok=True)
                self._listener.done(done, len(asked))
        if self._problems:
            raise self._problems[0] if len(self._problems) == 1 else SeveralFailed(self._problems)
        return self._fetched

    def _accept(self, wanted: Sequence[Wanted], accepted: Collection[str]) -> set[str]:
        """The labels of which content that was set aside got its place."""
        items = [item for each in wanted for item in each.items if item.label in accepted]
        taken = [item for item in items if self._store.accept(item)]
        self._fetched.new += [item.key for item in taken]
        for item in taken:
            self._listener.say(f"accepted   {item.key}: the content that was set aside")
        return {item.label for item in taken}

    @staticmethod
    def _is_open(wanted: Wanted, labels: Collection[str]) -> bool:
        return any(item.label in labels for item in wanted.items)

    def _settle(self, wanted: Wanted, answer: Answer, target: Path) -> None:
        if not answer.is_new:
            self._store.keep(wanted, answer)
            self._fetched.unchanged += 1
            return
        size = target.stat().st_size
        new = self._store.take_in(wanted, target, answer)
        self._fetched.new += new
        self._fetched.unchanged += not new
        for key in new:
            self._listener.say(f"fetched    {key} ({size:,} bytes)")

    def _note(self, problem: InFourParts, wanted: Wanted, *, is_here: bool) -> None:
        """Nothing is lost where the file is here already, or its address was a guess and nothing is there."""
        is_absent = isinstance(problem, (NotThere, WebPage))
        if is_absent and (is_here or not any(item.is_trusted for item in wanted.items)):
            self._fetched.absent += 1
            self._listener.say(
                f"{'warning:' if is_here else 'absent':<10} {wanted.label}: {problem.found}: {wanted.url}"
            )
            return
        self._problems.append(problem)
        self._listener.say(f"failed     {wanted.label}: {problem.found}")
