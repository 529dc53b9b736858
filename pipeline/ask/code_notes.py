"""What the newest tabular lists say of codes: inclusion terms, notes and added characters, at them and at headings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ask.build import Build

SHORTEST_PLACE: Final = 2  # characters of a category of ICD-9-CM procedures
SHOWN_OF_KIND: Final = 3

# A note that only leads in others is told with them. Notes of blocks and chapters, and of older editions, are in the
# view `code_notes`.
NOTES_OF_CODES: Final = """
    with asked as (select distinct unnest($systems) as system, unnest($codes) as code),
    places as (
        select system, code, substr(code, 1, n) as place from asked, range($shortest, length(code) + 1) r(n)
    ),
    newest as (select system, max(release_to) as release_to from terms group by system),
    found as (
        select system, code, release_to, place, kind, position, lead_in, text
        from notes join places using (system, place)
        where level = 'code' and kind not in ('note', 'seventh_character', 'seventh_character_note')
            and not (ends_with(text, ':') and lead_in is null)
        union all
        select system, code, release_to, place, 'character ' || code_position, 0, null, character || ' ' || meaning
        from seventh_characters join places using (system, place) where level = 'code'
        union all
        select system, code, release_to, place, 'inclusion_term', position, lead_in, term
        from terms join places using (system, place) where level = 'code' and place = code
    )
    select system, code, place, kind, lead_in, text from found
    join newest using (system, release_to)
    order by system, code, length(place) desc, place, kind = 'inclusion_term' desc, position, text
"""


@dataclass(frozen=True)
class CodeNote:
    """A note that holds for a code: its kind, its text and what leads it in, and the code where it stands."""

    kind: str
    lead_in: str | None
    text: str
    place: str


def find_notes(build: Build, codes: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[CodeNote]]:
    """Of some codes, each given as system and bare code, the notes that stand at them and at headings above them."""
    found: dict[tuple[str, str], list[CodeNote]] = defaultdict(list)
    systems, bare = [system for system, _ in codes], [code for _, code in codes]
    for row in build.rows(NOTES_OF_CODES, systems=systems, codes=bare, shortest=SHORTEST_PLACE) if codes else []:
        found[row["system"], row["code"]].append(
            CodeNote(*(row[name] for name in ("kind", "lead_in", "text", "place")))
        )
    return dict(found)


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
