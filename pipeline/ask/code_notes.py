"""What the newest tabular lists say of codes: inclusion terms, notes and added characters, at them and at headings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build

SHORTEST_PLACE: Final = 2  # characters of a category of ICD-9-CM procedures
SHOWN_OF_KIND: Final = 3

INCLUSION_TERM: Final = "inclusion_term"
# A note that only leads in others is told with them. Notes of blocks and chapters, and of older editions, are in the
# view `code_notes`.
NOTES_OF_PLACES: Final = """
    with found as (
        select system, release_to, place, kind, position, lead_in, text from notes
        where list_contains($places, place) and level = 'code'
            and kind not in ('note', 'seventh_character', 'seventh_character_note')
            and not (ends_with(text, ':') and lead_in is null)
        union all
        select system, release_to, place, 'character ' || code_position, 0, null, character || ' ' || meaning
        from seventh_characters where list_contains($places, place) and level = 'code'
        union all
        select system, release_to, place, $inclusion_term, position, lead_in, term
        from terms where list_contains($places, place) and level = 'code'
    )
    select system, place, kind, lead_in, text from found
    semi join (select system, max(release_to) as release_to from terms group by system) using (system, release_to)
    order by kind = $inclusion_term desc, position, text
"""


@dataclass(frozen=True)
class CodeNote:
    """A note that holds for a code: its kind, its text and what leads it in, and the code where it stands."""

    kind: str
    lead_in: str | None
    text: str
    place: str


class NotesOfCodes:
    """The notes of some codes. Those of a heading are kept once, for all codes below it."""

    def __init__(self, build: Build, codes: Iterable[tuple[str, str]]) -> None:
        """Each code is given as system and bare code."""
        self._by_place: dict[tuple[str, str], list[CodeNote]] = defaultdict(list)
        places = sorted({place for _, code in codes for place in _places_of(code)})
        for row in build.rows(NOTES_OF_PLACES, places=places, inclusion_term=INCLUSION_TERM) if places else []:
            note = CodeNote(*(row[name] for name in ("kind", "lead_in", "text", "place")))
            self._by_place[row["system"], row["place"]].append(note)

    def of(self, system: str, code: str) -> list[CodeNote]:
        """The notes that stand at one of these codes and at headings above it, those of the nearest first."""
        at = [self._by_place.get((system, place), []) for place in reversed(_places_of(code))]
        return [each for notes in at for each in notes if each.kind != INCLUSION_TERM or each.place == code]


def _places_of(code: str) -> list[str]:
    """A code and the headings that it starts with, the widest first."""
    return [code[:length] for length in range(SHORTEST_PLACE, len(code) + 1)]


def notes_in_words(code: str, notes: Sequence[CodeNote]) -> list[str]:
    """A line for each kind of note, the first of them in full; `at E11` where they stand at a heading."""
    by_kind: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in notes:
        where = "" if each.place == code else f" (at {each.place})"
        by_kind[each.kind.replace("_", " "), where, f"{each.lead_in} " if each.lead_in else ""].append(each.text)
    return [f"{kind}{where}: {lead_in}{_first_of(texts)}" for (kind, where, lead_in), texts in by_kind.items()]


def _first_of(texts: list[str]) -> str:
    more = f"; and {len(texts) - SHOWN_OF_KIND} more" if len(texts) > SHOWN_OF_KIND else ""
    return "; ".join(texts[:SHOWN_OF_KIND]) + more
