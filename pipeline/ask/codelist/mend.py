"""A list without what is surely wrong with it, and the log of what was changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pipeline.ask.answers import as_csv
from pipeline.ask.codelist.code_list import CodeList, ListEntry
from pipeline.ask.codelist.list_findings import ListFinding

LOG_COLUMNS: Final = ("line", "concept", "system", "role", "written", "mended", "finding", "means")


@dataclass(frozen=True)
class Mended:
    """A list after mending: its entries, and each change as the entry, what stands there now (empty: it is taken out),
    and the finding that is the reason."""

    codelist: CodeList
    changes: tuple[tuple[ListEntry, str, ListFinding], ...]

    @property
    def log(self) -> str:
        """The changes as csv, a row for each."""
        return as_csv([LOG_COLUMNS, *(_row(*each) for each in self.changes)])


def mend_list(codelist: CodeList, findings: Iterable[ListFinding]) -> Mended:
    """The list with what is sure written as it was meant, and without what stands there twice.

    What may be read in two ways stays as it is. The systems are those that were found.
    """
    # An entry stands for itself alone: two that are equal are told apart by their lines and places.
    sure = {id(each.entry): each for each in findings if each.entry and each.is_sure and each.kind.is_mended}
    changes = [(each, "".join(sure[id(each)].meant), sure[id(each)]) for each in codelist.entries if id(each) in sure]
    mended = {id(each): text for each, text, _ in changes}
    kept = [
        replace(each, text=mended.get(id(each), each.text)) for each in codelist.entries if mended.get(id(each), "-")
    ]
    return Mended(codelist.with_entries(kept), tuple(changes))


def _row(entry: ListEntry, text: str, finding: ListFinding) -> list[object]:
    of_entry = [entry.line, entry.concept, entry.system, entry.role, entry.text]
    return [*of_entry, text, finding.finding, finding.kind.means]
