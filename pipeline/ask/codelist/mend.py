"""A list without what is surely wrong with it, and the log of what was changed."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.ask.answers import as_csv
from pipeline.ask.codelist.code_list import CodeList, ListEntry
from pipeline.ask.codelist.list_findings import ListFinding

Change = tuple[ListEntry, str, ListFinding]  # the entry, what stands there now (empty: it is taken out), and the reason
DUPLICATE: Final = "duplicate"
LOG_COLUMNS: Final = ("line", "concept", "system", "role", "written", "mended", "finding", "means")


@dataclass(frozen=True)
class Mended:
    """A list after mending: its entries, and each change in the order of lines."""

    codelist: CodeList
    changes: tuple[Change, ...]

    @property
    def log(self) -> str:
        """The changes as csv, a row for each."""
        return as_csv([LOG_COLUMNS, *(_row(*each) for each in self.changes)])


def mend_list(codelist: CodeList, findings: Iterable[ListFinding]) -> Mended:
    """The list with what is sure written as it was meant, and without what stands there twice, mended or not.

    What may be read in two ways stays as it is. The systems are those that were found.
    """
    # An entry stands for itself alone: two that are equal are told apart by their lines and places.
    sure = {id(each.entry): each for each in findings if each.entry and each.is_sure and each.kind.is_mended}
    changes = [(each, "".join(sure[id(each)].meant), sure[id(each)]) for each in codelist.entries if id(each) in sure]
    mended = {id(each): _written_as(each, text) for each, text, _ in changes}
    kept = [mended.get(id(each), each) for each in codelist.entries]
    rewritten = {id(each) for each in mended.values() if each}
    again = [*_written_again([each for each in kept if each], rewritten)]
    taken_out = {id(each) for each, *_ in again}
    whole = codelist.with_entries(each for each in kept if each and id(each) not in taken_out)
    return Mended(whole, tuple(sorted([*changes, *again], key=lambda change: change[0].line)))


def _written_as(entry: ListEntry, text: str) -> ListEntry | None:
    """The entry as it was meant; None where it is taken out."""
    return replace(entry, text=text, first="".join(filter(str.isalnum, text))) if text else None


def _written_again(entries: Sequence[ListEntry], rewritten: Container[int]) -> Iterator[Change]:
    """Of entries that were written otherwise those that are now what another is: one that was so before stays."""
    first: dict[ListEntry, ListEntry] = {}
    for each in sorted(entries, key=lambda each: id(each) in rewritten):
        stands = first.setdefault(replace(each, text="", why=""), each)
        if stands is not each and id(each) in rewritten:
            yield each, "", ListFinding(DUPLICATE, each, f"as line {stands.line}: {stands.text}", is_sure=True)


def _row(entry: ListEntry, text: str, finding: ListFinding) -> list[object]:
    of_entry = [entry.line, entry.concept, entry.system, entry.role, entry.text]
    return [*of_entry, text, finding.finding, finding.kind.means]
