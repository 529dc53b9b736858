"""The index of the code explorer, in parts that a page loads from beside it: titles to search in, details by code.

A page opened from the file system may run scripts that lie beside it and nothing else. So each part is a script that
hands over text, compressed (gzip) and in base64; the page unpacks it. What a part holds:

- titles: a line for each code in the order of codes: code, mark, title, the day it ended, what it is today.
- details: a line for each code of a stretch of SIZE_OF_DETAILS: code, kind, setting, flags, section, parent, episodes,
  mappings, policies, rules; of lists, records and fields are set apart by RECORD_END and FIELD_END.
- names: titles of sections, categories, policies and rules, and until when policies are known; terms: further names of
  codes; changes: a line for each.
- words: everyday names and words that mean the same, as a search on the command line has them.

Elsewhere tabs stand between fields.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.code_episodes import NO_WORDING, PUBLIC_DOMAIN
from pipeline.ask.search.everyday_names import LIGHT, WORDS_OF_LONGEST_NAME, everyday_names, same_words
from pipeline.ask.search.wording import WORDS_AT_MOST
from pipeline.ask.written_codes import find_separators
from pipeline.export.page.code_details import detail_lines
from pipeline.export.page.code_titles import term_lines, title_lines
from pipeline.export.page.facts import untitled_systems
from pipeline.export.page.readable_names import name_crosswalk, name_system
from pipeline.export.page.text_columns import as_script, joined_fields, joined_rows

SIZE_OF_TITLES, SIZE_OF_DETAILS = 40_000, 2_048
CODES_BY_SYSTEM = "select system, count(*) as codes from codes group by system order by system"
SYSTEMS_OF_INDEX = "select system, known_through, licence from systems order by system"


def render_parts(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Every part of the index: the name of its file, below the page's folder, and what is in it.

    The tables are those of a build, sorted by their keys.
    """
    with ThreadPoolExecutor() as threads:
        makers = {"titles": title_lines, "details": detail_lines}
        lines = {kind: threads.submit(made, tables) for kind, made in makers.items()}
        texts = [
            ("names", "\n".join(_name_lines(tables))),
            ("terms", "\n".join(term_lines(tables))),
            ("changes", "\n".join(_change_lines(tables))),
            ("words", "\n".join(_word_lines())),
        ]
        for kind, size in (("titles", SIZE_OF_TITLES), ("details", SIZE_OF_DETAILS)):
            for system, start, end in _stretches(tables["codes"]):
                own = lines[kind].result()[start:end]
                parts = joined_rows(own, np.append(np.arange(0, len(own), size), len(own)), "\n").to_pylist()
                texts += [(f"{kind}-{system}-{number}", text) for number, text in enumerate(parts)]
        yield from threads.map(as_script, texts)


def describe_index(build: Build) -> dict[str, object]:
    """What the page must know of the parts: systems with their codes, crosswalks in the order of their numbers."""
    codes = {row["system"]: row["codes"] for row in build.rows(CODES_BY_SYSTEM)}
    return {
        "sizeOfTitles": SIZE_OF_TITLES,
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


def _stretches(codes: pa.Table) -> list[tuple[str, int, int]]:
    """Each system with the first of its rows and the one behind its last."""
    systems = codes["system"].combine_chunks().dictionary_encode()
    ends = np.cumsum(np.bincount(np.asarray(systems.indices), minlength=len(systems.dictionary)))
    return [
        (system, int(start), int(end))
        for system, start, end in zip(systems.dictionary.to_pylist(), [0, *ends[:-1]], ends, strict=True)
    ]


def _name_lines(tables: Mapping[str, pa.Table]) -> list[str]:
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
    return ["\t".join(row) for row in sorted({row for row in rows if row[3]})]


def _change_lines(tables: Mapping[str, pa.Table]) -> list[str]:
    """Every change: system, release, kind of change, code, what took its place."""
    rows = tables["code_changes"]
    instead = pc.fill_null(pc.binary_join(rows["replaced_by"], " "), "")
    fields = rows["system"], rows["release"], rows["change"], rows["code"], instead
    lines: list[str] = joined_fields(*fields, by="\t").to_pylist()
    return lines


def _word_lines() -> list[str]:
    """Everyday names (n) with what they may mean, the likeliest first, and words (w) with those that mean the same."""
    names = [("n", " ".join(name), meanings) for name, meanings in everyday_names().items()]
    words = [("w", word, others) for word, others in same_words().items()]
    return ["\t".join([kind, each, "|".join(map(" ".join, means))]) for kind, each, means in (*names, *words)]
