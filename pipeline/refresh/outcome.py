"""What could not be had, in words, and what a run has come to: complete, incomplete, or nothing without a network."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import Incomplete, NetworkError
from pipeline.fetch import FailedAddress, Fetched
from pipeline.fetch.hosts import HostGivenUp, Unavailable, Unreachable, host_of
from pipeline.fetch.wanted import CatalogueFile
from pipeline.publish.missing import MissingFile

if TYPE_CHECKING:
    from pipeline.refresh.damaged import DamagedRelease

WITHOUT_AN_ANSWER = (Unreachable, Unavailable, HostGivenUp)
NOT_ASKED = "not asked, since its host did not answer"
NAMED = 5  # releases that the last message names; CHANGES.md has all


def missing_files(fetched: Fetched, layouts: Collection[str]) -> list[MissingFile]:
    """The files of tables that should be at their addresses and are not here, sorted.

    One whose address was found by analogy counts only where something came that cannot be used: nobody knows that it is
    posted.
    """
    return sorted(
        MissingFile(item.source.source, item.release.release, str(item.release.file), each.wanted.url, _why(each))
        for each in fetched.failed
        for item in each.missing
        if item.source.layout in layouts and _is_posted(item, each)
    )


def with_damaged(missing: Sequence[MissingFile], damaged: "Sequence[DamagedRelease]") -> list[MissingFile]:
    """What is missing, and the files that are here and of no use: each once, with why it could not be had."""
    known = {(each.source, each.release, each.file): each for each in missing}
    for each in damaged:
        source, release = each.delivery.source.source, each.delivery.release
        key = (source, release.release, str(release.file))
        asked = known.get(key, MissingFile(*key, str(release.url), "not fetched"))
        known[key] = replace(asked, why=f"{asked.why}; the file that is here is damaged")
    return sorted(known.values())


def _is_posted(item: CatalogueFile, failed: FailedAddress) -> bool:
    return item.is_trusted or not isinstance(failed.problem, NetworkError)


def _why(failed: FailedAddress) -> str:
    if isinstance(failed.problem, HostGivenUp):
        return NOT_ASKED
    return " ".join(f"re-posted: {failed.problem.found}".split()) if failed.is_reposted else failed.problem.found


def say_missing(missing: Sequence[MissingFile], say: Callable[[str], None]) -> None:
    """One line for each file; of those that were not asked for, since a host did not answer, one for the host."""
    for each in missing:
        if each.why != NOT_ASKED:
            say(f"missing    {each.source}/{each.release} {each.file}: {each.why}: {each.url}")
    for host, count in Counter(host_of(each.url) for each in missing if each.why == NOT_ASKED).items():
        say(f"missing    {count:,} more files of {host}: {NOT_ASKED}")


def require_answer(fetched: Fetched) -> None:
    """Raises what failed where no publisher answered at all."""
    answered = fetched.new or fetched.unchanged or fetched.absent
    if not answered and all(isinstance(each.problem, WITHOUT_AN_ANSWER) for each in fetched.failed):
        fetched.require_all()


def require_complete(fetched: Fetched, missing: Sequence[MissingFile], *, is_new: bool) -> None:
    """Raises Incomplete where a file is missing, or one was found to be re-posted."""
    reposted = [each for each in fetched.failed if each.is_reposted]
    if missing or reposted:
        raise Incomplete(_said("published" if is_new else "unchanged", missing, reposted))


def _said(what: str, missing: Sequence[MissingFile], reposted: Sequence[FailedAddress]) -> str:
    lines = [f"the build is {what}, and incomplete"]
    if missing:
        names = list(dict.fromkeys(f"{each.source}/{each.release}" for each in missing))
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        lines.append(f"  not here: {len(missing)} files, of {', '.join(names[:NAMED])}{more}")
    lines += [f"  {line}" for each in reposted for line in str(each.problem).splitlines()[:1]]
    accepted = dict.fromkeys(item.label for each in reposted for item in each.wanted.items)
    hints = " ".join(f"--accept-changed {label}" for label in accepted)
    lines.append("  next:     CHANGES.md of the build names what is missing; the next run asks for it again")
    return "\n".join(lines) + (f"; compare what was set aside, then {hints}" if hints else "")
