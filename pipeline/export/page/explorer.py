"""The index of the code explorer, in parts that a page loads from beside it: titles to search in, details by code.

A page opened from the file system may run scripts that lie beside it and nothing else. So each part is a script that
hands over text, compressed (gzip) and in base64; the page unpacks it. What a part holds:

- titles: a line for each code in the order of codes: code, its mark, title. Tabs between them. The mark has each
  separator of the written code with the number of the code's characters before it (`3.`), and an x behind them where
  the code has ended.
- details: a line for each code of a stretch of SIZE_OF_DETAILS: code, kind, setting, flags, section, parent, episodes,
  mappings. Tabs between them; of lists, records and fields are set apart by the control characters RECORD_END and
  FIELD_END.
"""

from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from isal import igzip

from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.code_episodes import NO_WORDING, PUBLIC_DOMAIN
from pipeline.ask.written_codes import find_separators

SIZE_OF_TITLES, SIZE_OF_DETAILS = 40_000, 2_048
RECORD_END, FIELD_END = "\x1e", "\x1f"
CODES_BY_SYSTEM = "select system, count(*) as codes from codes group by system order by system"
SYSTEMS_OF_INDEX = "select system, known_through, licence from systems order by system"
LETTERS = [chr(number) for number in range(128)]
IS_ALPHANUMERIC = np.array([each.isalnum() for each in LETTERS])
Ints = npt.NDArray[np.int64]


def render_parts(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, bytes]]:
    """Every part of the index: the name of its file, below the page's folder, and what is in it.

    The tables are those of a build, sorted by their keys.
    """
    with ThreadPoolExecutor() as threads:
        lines = {"titles": threads.submit(_title_lines, tables), "details": threads.submit(_detail_lines, tables)}
        texts = [("names", "\n".join(_name_lines(tables)))]
        for kind, size in (("titles", SIZE_OF_TITLES), ("details", SIZE_OF_DETAILS)):
            for system, start, end in _stretches(tables["codes"]):
                own = lines[kind].result()[start:end]
                parts = _joined(own, np.append(np.arange(0, len(own), size), len(own)), "\n").to_pylist()
                texts += [(f"{kind}-{system}-{number}", text) for number, text in enumerate(parts)]
        yield from threads.map(_as_script, texts)


def _as_script(part: tuple[str, str]) -> tuple[str, bytes]:
    name, text = part
    packed = b2a_base64(igzip.compress(text.encode("utf-8"), mtime=0), newline=False)
    return f"parts/{name}.js", b'crosswalkPart("%s","%s");\n' % (name.encode("ascii"), packed)


def describe_index(build: Build) -> dict[str, object]:
    """What the page must know of the parts: codes by system, separators, crosswalks in the order of their numbers."""
    systems = build.rows(SYSTEMS_OF_INDEX)
    return {
        "sizeOfTitles": SIZE_OF_TITLES,
        "sizeOfDetails": SIZE_OF_DETAILS,
        "newest": str(max(newest for _, newest in build.release_days.values())),
        "separators": find_separators(picture for each in build.systems.values() for picture in each.written_as),
        "claims": {each: claims_in_words(each) for each in build.systems},
        "knownThrough": {row["system"]: str(row["known_through"]) for row in systems},
        "whyNoText": {row["system"]: _why_no_text(row["licence"]) for row in systems},
        "systems": {row["system"]: row["codes"] for row in build.rows(CODES_BY_SYSTEM)},
        "crosswalks": [
            [each.crosswalk, each.source_system, each.target_system, each.origin, each.relation]
            for each in build.crosswalks.values()
        ],
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


def _title_lines(tables: Mapping[str, pa.Table]) -> pa.Array:
    codes = tables["codes"]
    ended = pc.if_else(pc.is_valid(codes["valid_to"]), "x", "")
    marks = pc.binary_join_element_wise(_separator_marks(codes["code_dotted"]), ended, "")
    return _text(codes["code"], marks, _title(codes), by="\t")


def _separator_marks(written: pa.ChunkedArray) -> pa.Array:
    """For each written code its separators, each behind the number of letters and digits before it. Codes are ASCII."""
    lengths = np.asarray(pc.binary_length(written)).astype(np.int64)
    characters = np.frombuffer("".join(written.to_pylist()).encode("ascii"), np.uint8)
    is_separator = ~IS_ALPHANUMERIC[characters]
    at, before = np.flatnonzero(is_separator), np.append(0, np.cumsum(~is_separator))
    starts = np.append(0, np.cumsum(lengths))
    row = np.searchsorted(starts, at, side="right") - 1
    counts = pa.array(before[at] - before[starts[row]]).cast(pa.string())
    marks = _text(counts, pa.array(LETTERS).take(pa.array(characters[at])), by="")
    return _joined(marks, np.searchsorted(row, np.arange(len(written) + 1)), "")


def _title(rows: pa.Table) -> pa.ChunkedArray:
    title = pc.fill_null(pc.coalesce(rows["description"], rows["short_description"]), "")
    return pc.replace_substring(pc.replace_substring(title, "\t", " "), "\n", " ")


def _detail_lines(tables: Mapping[str, pa.Table]) -> pa.Array:
    codes = tables["codes"]
    flags = _marks(codes["billable"], "b", pc.invert(codes["standalone"]), "s")
    section, parent = pc.fill_null(codes["section"], ""), pc.fill_null(codes["parent_code"], "")
    lists = _episodes(tables), _targets(tables)
    return _text(codes["code"], codes["kind"], codes["setting"], flags, section, parent, *lists, by="\t")


def _episodes(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code its episodes: first day, last day, basis, flags, title where it is not the one of the code.

    The flags: b billable, p listed before the system was in use, u of an unknown wording where the code has one.
    A code that was gone before its system was in use has a history and is no row of `codes`: it is left out.
    """
    history = tables["code_history"]
    place = _place(tables["codes"], history["system"], history["code"])
    history, place = history.filter(pa.array(place >= 0)), place[place >= 0]
    title, newest = _title(history), _title(tables["codes"]).combine_chunks().take(pa.array(place))
    flags = _marks(history["billable"], "b", _is_before_use(tables["systems"], history), "p")
    is_unknown = pc.and_(pc.equal(title, ""), pc.not_equal(newest, ""))
    flags = pc.binary_join_element_wise(flags, pc.if_else(is_unknown, "u", ""), "")
    title = pc.if_else(pc.equal(title, newest), "", title)
    days = history["valid_from"].cast(pa.string()), pc.fill_null(history["valid_to"].cast(pa.string()), "")
    rows = _text(*days, history["valid_from_basis"], flags, title, by=FIELD_END)
    return _by_code(rows, place, len(tables["codes"]))


def _is_before_use(systems: pa.Table, history: pa.Table) -> pa.ChunkedArray:
    """Whether an episode ended before its system was in use: it is history of the text."""
    own = pc.index_in(history["system"], systems["system"].combine_chunks())
    return pc.fill_null(pc.less(history["valid_to"], systems["in_use_from"].take(own)), False)


def _targets(tables: Mapping[str, pa.Table]) -> pa.Array:
    """For each code what it maps to: crosswalk, target, scenario, choice list, flags; year to year, since when."""
    mappings = tables["mappings"]
    is_told = pc.is_in(mappings["status"], pa.array(["no_map", "not_bridged"]))
    is_told = pc.and_(pc.or_(pc.is_null(mappings["status"]), is_told), mappings["newest"])
    mappings = mappings.filter(is_told)
    place = _place(tables["codes"], mappings["source_system"], mappings["source_code"])
    number = pc.index_in(mappings["crosswalk"], tables["crosswalks"]["crosswalk"].combine_chunks()).cast(pa.string())
    numbers = [mappings[name].cast(pa.string()) for name in ("scenario", "choice_list")]
    flags = _marks(mappings["approximate"], "a", mappings["no_map"], "n")
    day = pc.fill_null(mappings["target_valid_from"].cast(pa.string()), "")
    day = pc.if_else(pc.equal(mappings["source_system"], mappings["target_system"]), day, "")
    rows = _text(number, pc.fill_null(mappings["target_code"], ""), *numbers, flags, day, by=FIELD_END)
    return _by_code(rows, place, len(tables["codes"]))


def _name_lines(tables: Mapping[str, pa.Table]) -> list[str]:
    """Titles of sections (s) and of categories (c), each with its system or grouping."""
    of = dict(zip(*(tables["crosswalks"][name].to_pylist() for name in ("crosswalk", "target_system")), strict=True))
    rows = [("s", row["system"], row["section"], row["title"]) for row in tables["sections"].to_pylist()]
    rows += [("c", of[row["crosswalk"]], row["category"], row["title"]) for row in tables["categories"].to_pylist()]
    return ["\t".join(row) for row in sorted({row for row in rows if row[3]})]


def _marks(flag: pa.ChunkedArray, mark: str, other: pa.ChunkedArray, other_mark: str) -> pa.ChunkedArray:
    """A letter for each flag that is true."""
    return pc.binary_join_element_wise(pc.if_else(flag, mark, ""), pc.if_else(other, other_mark, ""), "")


def _text(*fields: pa.ChunkedArray, by: str) -> pa.Array:
    joined = pc.binary_join_element_wise(*fields, by)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _place(codes: pa.Table, system: pa.ChunkedArray, code: pa.ChunkedArray) -> Ints:
    """The row of each code in `codes`; -1 for one that no listing has."""
    keys = _text(codes["system"], codes["code"], by=" ")
    return np.asarray(pc.fill_null(pc.index_in(_text(system, code, by=" "), keys), -1)).astype(np.int64)


def _by_code(rows: pa.Array, place: Ints, codes: int) -> pa.Array:
    """The rows of each code, joined, in the order they are in."""
    order = np.argsort(place, kind="stable")
    order = order[np.searchsorted(place[order], 0) :]
    ends = np.append(0, np.cumsum(np.bincount(place[order], minlength=codes)))
    return _joined(rows.take(pa.array(order)), ends, RECORD_END)


def _joined(rows: pa.Array, bounds: Ints, by: str) -> pa.Array:
    """The rows between each two bounds as one text."""
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), rows), by)
