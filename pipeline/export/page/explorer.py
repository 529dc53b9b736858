"""The index of the code explorer, in parts that a page loads from beside it: titles to search in, details by code.

A page opened from the file system may run scripts that lie beside it and nothing else. So each part is a script that
hands over what it holds, compressed and in characters of UTF-16; the page unpacks it. What a part holds:

- codes: a line for each code in their order: code after the one before it, mark, the day it ended, what it is today.
- vocabulary: what stands between blanks in texts; texts: the titles of codes, then their further texts, in its numbers.
- terms: of each further text the row of its code, its kind, and how much further from the code it is than titles.
- details: columns of a stretch of SIZE_OF_DETAILS codes, set apart by COLUMN_END, a line for each code: nature,
  episodes, mappings, policies, rules. A line has records, set apart by RECORD_END: the number of what recurs, and
  behind FIELD_END what does not.
- recurring: of each of these columns what recurs in its records, a line for each number, the fields set apart by
  FIELD_END.
- names: titles of sections, categories, policies and rules, and until when policies are known.
- changes: a line for each.
- words: everyday names and words that mean the same, as a search on the command line has them.

Elsewhere tabs stand between fields.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.code_episodes import NO_WORDING, PUBLIC_DOMAIN
from pipeline.ask.search.everyday_names import LIGHT, WORDS_OF_LONGEST_NAME, everyday_names, same_words
from pipeline.ask.search.wording import WORDS_AT_MOST
from pipeline.ask.written_codes import find_separators
from pipeline.export.page.code_details import DetailColumn, detail_columns
from pipeline.export.page.code_titles import code_lines, names_of_codes, numbered_words
from pipeline.export.page.facts import untitled_systems
from pipeline.export.page.readable_names import name_crosswalk, name_system
from pipeline.export.page.text_columns import (
    COLUMN_END,
    as_script,
    joined_fields,
    joined_rows,
    joined_values,
    on_one_line,
    places_of_codes,
    title_text,
)
from pipeline.run.columns import as_array

SIZE_OF_DETAILS = 2_048
CODES_BY_SYSTEM = "select system, count(*) as codes from codes group by system order by system"
SYSTEMS_OF_INDEX = "select system, known_through, licence from systems order by system"


def render_parts(tables: Mapping[str, pa.Table], further_texts: pa.Table) -> Iterator[tuple[str, bytes]]:
    """Every part of the index: the name of its file, below the page's folder, and what is in it.

    The tables are those of a build, sorted by their keys; `further_texts` those under which codes are looked for beside
    their titles. One part is made after the other: side by side they took a fifth more of the processors, and the
    memory of all.
    """
    for name, content in _contents(tables, further_texts):
        yield as_script(name, content)


def _contents(tables: Mapping[str, pa.Table], further_texts: pa.Table) -> Iterator[tuple[str, bytes]]:
    """The name of each part, and what it holds."""
    yield from _titles(tables["codes"], names_of_codes(tables["codes"], further_texts))
    yield "names", _in_lines(_name_lines(tables))
    yield "changes", _in_lines(_change_lines(tables))
    yield "words", _in_lines(_word_lines())
    places = places_of_codes(tables)
    yield "codes", _in_lines(code_lines(tables, places))
    columns = detail_columns(tables, places)
    yield "recurring", COLUMN_END.join(_in_lines(column.recurring) for column in columns)
    for number, details in enumerate(_details(columns)):
        yield f"details-{number}", details


def _titles(codes: pa.Table, further: pa.Table) -> Iterator[tuple[str, bytes]]:
    """The titles of codes and their further texts in numbers, their vocabulary, and what the further texts are."""
    texts = [as_array(each) for each in (title_text(codes), further["text"])]
    vocabulary, numbers = numbered_words(pa.concat_arrays(texts))
    yield "texts", numbers
    yield "vocabulary", _in_lines(on_one_line(vocabulary))
    kinds = joined_values(further["found_in"], further["further"], by="\t").dictionary_decode()
    yield "terms", _in_lines(joined_fields(further["number"].cast(pa.string()), kinds, by="\t"))


def _in_lines(lines: pa.Array) -> bytes:
    (text,) = joined_rows(lines, np.array([0, len(lines)]), "\n")
    return bytes(text.as_buffer())


def _details(columns: Sequence[DetailColumn]) -> Iterator[bytes]:
    """The columns of each stretch of codes as one text."""
    for first in range(0, len(columns[0].lines), SIZE_OF_DETAILS):
        yield COLUMN_END.join(_in_lines(column.lines[first : first + SIZE_OF_DETAILS]) for column in columns)


def describe_index(build: Build) -> dict[str, object]:
    """What the page must know of the parts: systems with their codes, crosswalks in the order of their numbers."""
    codes = {row["system"]: row["codes"] for row in build.rows(CODES_BY_SYSTEM)}
    return {
        "sizeOfDetails": SIZE_OF_DETAILS,
        "newest": str(max(newest for _, newest in build.release_days.values())),
        "separators": find_separators(picture for each in build.systems.values() for picture in each.written_as),
        "light": sorted(LIGHT),
        "longestName": WORDS_OF_LONGEST_NAME,
        "mostWords": WORDS_AT_MOST,
        "systems": {
            row["system"]: {
                "name": name_system(row["system"]),
                "codes": codes.get(row["system"], 0),
                "claims": claims_in_words(row["system"]),
                "knownThrough": str(row["known_through"] or ""),
                "whyNoText": _why_no_text(row["licence"]),
                "ofDeaths": build.systems[row["system"]].is_of_deaths,
            }
            for row in build.rows(SYSTEMS_OF_INDEX)
        },
        "crosswalks": [
            [
                *(each.crosswalk, each.target_system, each.origin, each.relation),
                *(name_crosswalk(each.crosswalk), name_system(each.target_system)),
            ]
            for each in build.crosswalks.values()
        ],
        "untitled": untitled_systems(build),
    }


def _why_no_text(licence: str) -> str:
    """Why a code of a system has no title: its licence, or no file has one."""
    return NO_WORDING if licence.startswith(PUBLIC_DOMAIN) else licence


def _name_lines(tables: Mapping[str, pa.Table]) -> pa.Array:
    """Titles of sections (s), categories (c), policies (p), rules (r), each with what it is of; until when policies are
    known (k)."""
    of = dict(zip(*(tables["crosswalks"][name].to_pylist() for name in ("crosswalk", "target_system")), strict=True))
    rows = [("s", row["system"], row["section"], row["title"]) for row in tables["sections"].to_pylist()]
    rows += [("c", of[row["crosswalk"]], row["category"], row["title"]) for row in tables["categories"].to_pylist()]
    rows += [("p", row["publisher"], row["policy"], row["title"]) for row in tables["policies"].to_pylist()]
    rows += [
        ("k", row["publisher"], row["policy"], str(row["known_through"])) for row in tables["policies"].to_pylist()
    ]
    rows += [("r", "", row["rule"], row["title"]) for row in tables["rule_lists"].to_pylist()]
    return pa.array(["\t".join(row) for row in sorted({row for row in rows if row[3]})], pa.string())


def _change_lines(tables: Mapping[str, pa.Table]) -> pa.Array:
    """Every change: system, release, kind of change, code, what took its place."""
    rows = tables["code_changes"]
    instead = pc.binary_join(rows["replaced_by"], " ")
    return joined_fields(*(rows[name] for name in ("system", "release", "change", "code")), instead, by="\t")


def _word_lines() -> pa.Array:
    """Everyday names (n) with what they may mean, the likeliest first, and words (w) with those that mean the same."""
    names = [("n", " ".join(name), meanings) for name, meanings in everyday_names().items()]
    words = [("w", word, others) for word, others in same_words().items()]
    lines = ["\t".join([kind, each, "|".join(map(" ".join, means))]) for kind, each, means in (*names, *words)]
    return pa.array(lines, pa.string())
