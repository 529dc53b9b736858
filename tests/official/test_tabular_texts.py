"""Inclusion terms, notes and added characters: ICD-10-CM (known_answers_2.md, section 16) and ICD-9-CM."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from striprtf.striprtf import rtf_to_text

from pipeline.ingest import ingest
from pipeline.ingest.archive import open_members
from pipeline.ingest.tabular import read_tabular_rtf
from pipeline.layouts import LAYOUTS
from pipeline.normalise import by_part
from pipeline.normalise.tabular_texts import with_named_codes
from tests.conftest import ReadTable
from tests.official.conftest import Catalogued, member_of

# What known_answers_2.md counts: notes of each kind, and how many elements hold them.
COUNTS = {
    "2025-04-01": {
        "includes": (415, 1_024),
        "excludes1": (2_641, 5_432),
        "excludes2": (1_127, 2_440),
        "code_first": (360, 803),
        "use_additional_code": (837, 1_472),
        "code_also": (300, 581),
        "seventh_character": (508, 508),
        "note": (86, 179),
        "term": (6_748, 12_469),
        "character": (508, 1_790),
    },
    "2021-01-01": {
        "includes": (414, 1_015),
        "excludes1": (2_625, 5_441),
        "excludes2": (1_045, 2_253),
        "code_first": (317, 681),
        "use_additional_code": (774, 1_347),
        "code_also": (206, 352),
        "seventh_character": (507, 507),
        "note": (84, 176),
        "term": (6_269, 11_617),
        "character": (507, 1_787),
    },
}
# Of 2025: notes that have a code in a parenthesis at their end.
WITH_A_CODE_AT_THE_END = {
    "excludes1": 5_280,
    "excludes2": 2_396,
    "code_first": 538,
    "use_additional_code": 1_065,
    "code_also": 412,
}
# What the publisher calls the elements of each kind.
ELEMENTS = {
    "includes": "includes", "excludes1": "excludes1", "excludes2": "excludes2", "codeFirst": "code_first",
    "useAdditionalCode": "use_additional_code", "codeAlso": "code_also", "sevenChrNote": "seventh_character",
    "notes": "note", "inclusionTerm": "term", "extension": "character",
}  # fmt: skip
# Of 2025: elements on chapters and on blocks.
AT_CHAPTERS_AND_BLOCKS = {
    "includes": (3, 33), "excludes1": (3, 66), "excludes2": (17, 61), "code_first": (0, 3),
    "use_additional_code": (4, 14), "code_also": (0, 4), "seventh_character": (0, 0), "note": (14, 15),
    "term": (0, 4), "character": (0, 0),
}  # fmt: skip
NEWEST, OLDER = "2025-04-01", "2021-01-01"


@dataclass(frozen=True)
class Texts:
    """The texts of one edition, by table."""

    elements: pd.DataFrame  # what was read: a row a note, with the number of its element
    terms: pd.DataFrame
    notes: pd.DataFrame
    characters: pd.DataFrame

    def notes_at(self, place: str, kind: str) -> pd.DataFrame:
        """The notes of a kind at a place, as printed."""
        own = self.notes[(self.notes["place"] == place) & (self.notes["kind"] == kind)]
        return own.sort_values("position")

    def named_at(self, place: str, kind: str) -> list[list[str]]:
        """The codes that each of these notes names."""
        return [[*codes] for codes in self.notes_at(place, kind)["named_codes"].dropna()]

    def characters_of(self, place: str) -> str:
        """The characters at a place, in their order."""
        return "".join(sorted(self.characters[self.characters["place"] == place]["character"]))


@pytest.fixture(scope="module")
def editions(catalogued: Catalogued) -> dict[str, Texts]:
    found = {}
    for release in COUNTS:
        delivery, layout = catalogued("icd10cm_tabular", release), LAYOUTS["tabular_xml"]
        assert layout.texts is not None
        frames = by_part(ingest(delivery, layout.readers).frames)
        texts = layout.texts(delivery, frames)
        texts |= {"notes": with_named_codes(texts["notes"])}
        tables = (texts[name].to_pandas() for name in ("terms", "notes", "seventh_characters"))
        found[release] = Texts(frames["tabular"].table.to_pandas(), *tables)
    return found


@pytest.mark.parametrize("release", COUNTS)
def test_every_note_of_every_kind_is_there(editions: dict[str, Texts], release: str) -> None:
    texts = editions[release]
    notes = {kind: count for kind, count in Counter(texts.notes["kind"]).items() if kind != "seventh_character_note"}
    counted = notes | {"term": len(texts.terms), "character": len(texts.characters)}
    assert counted == {kind: count for kind, (_, count) in COUNTS[release].items()}


@pytest.mark.parametrize("release", COUNTS)
def test_every_element_is_there(editions: dict[str, Texts], release: str) -> None:
    """A kind may stand in several elements of one code: they are counted apart."""
    read = editions[release].elements.groupby("entry")["element"].nunique()
    assert {kind: read[name] for name, kind in ELEMENTS.items()} == {
        kind: count for kind, (count, _) in COUNTS[release].items()
    }


def test_elements_on_chapters_and_on_blocks_are_told_apart(editions: dict[str, Texts]) -> None:
    read = editions[NEWEST].elements.groupby(["entry", "level"])["element"].nunique()
    assert {
        kind: (read.get((name, "chapter"), 0), read.get((name, "block"), 0)) for name, kind in ELEMENTS.items()
    } == AT_CHAPTERS_AND_BLOCKS


def test_characters_that_carry_notes_of_their_own_keep_them(editions: dict[str, Texts]) -> None:
    kinds = [Counter(editions[release].notes["kind"])["seventh_character_note"] for release in (OLDER, NEWEST)]
    assert kinds == [7, 8]


@pytest.mark.parametrize("release", COUNTS)
def test_what_stands_at_chapters_and_sections_is_told_apart(
    editions: dict[str, Texts], catalogued: Catalogued, release: str
) -> None:
    """Counted on the XML with another library."""
    root = ElementTree.fromstring(member_of(catalogued("icd10cm_tabular", release), "tabular").raw)
    places = {"chapter": root.iterfind("chapter"), "block": root.iterfind("chapter/section")}
    for level, found in places.items():
        wanted = sum(len([*each.iterfind("*/note")]) for each in found)
        texts = editions[release]
        assert (texts.notes["level"] == level).sum() + (texts.terms["level"] == level).sum() == wanted


def test_codes_at_the_end_of_a_note_are_read(editions: dict[str, Texts]) -> None:
    notes = editions[NEWEST].notes
    at_the_end = notes["text"].str.contains(r"\([^()]*[A-Z]\d[0-9A-Z][^()]*\)$")
    assert notes[at_the_end & notes["named_codes"].isna()]["text"].tolist() == []
    counted = Counter(notes[at_the_end]["kind"])
    assert {kind: counted[kind] for kind in WITH_A_CODE_AT_THE_END} == WITH_A_CODE_AT_THE_END


def test_every_code_that_a_note_names_is_one_of_the_edition(editions: dict[str, Texts], catalogued: Catalogued) -> None:
    """But for one that is nowhere: G31.90, a slip of the publisher's for a code that does not exist."""
    raw = member_of(catalogued("icd10cm_tabular", NEWEST), "tabular").raw.decode()
    listed = pd.Index([code.replace(".", "") for code in re.findall("<name>(.+?)</name>", raw)]).unique().sort_values()
    named = pd.Series([code for codes in editions[NEWEST].notes["named_codes"].dropna() for code in codes]).unique()
    ends = [(each.split("-")[0], each.split("-")[-1] + "~") for each in named]
    empty = [
        each
        for each, (first, last) in zip(named, ends, strict=True)
        if not listed.slice_locs(first, last)[1] > listed.slice_locs(first, last)[0]
    ]
    assert empty == ["G3190"]


def test_type_2_diabetes(editions: dict[str, Texts]) -> None:
    older = editions[OLDER]
    for texts in editions.values():
        named = [code for codes in texts.named_at("E11", "excludes1") for code in codes]
        assert {"E08", "E09", "O244", "P702"} <= set(named)
    lead_in = "code to identify control using:"
    additional = editions[NEWEST].notes_at("E11", "use_additional_code")
    assert additional["text"].iloc[0] == lead_in
    assert additional["lead_in"].isna().tolist() == [True, False, False, False, False]
    assert set(additional["lead_in"].dropna()) == {lead_in}
    assert editions[NEWEST].named_at("E11", "use_additional_code") == [["Z7985"], ["Z794"], ["Z7984"], ["Z7984"]]
    assert len(older.named_at("E11", "use_additional_code")) == 3


def test_hypertension_and_asthma(editions: dict[str, Texts]) -> None:
    newest = editions[NEWEST]
    assert newest.named_at("I10", "excludes1") == [["O10-O11", "O13-O16"]]
    assert newest.named_at("I10", "excludes2") == [["I60-I69"], ["H350"]]
    codes = [[code for each in texts.named_at("J45", "excludes2") for code in each] for texts in editions.values()]
    assert [each.count(code) for each, code in zip(codes, ("J4489", "J449"), strict=True)] == [4, 3]


def test_seventh_characters(editions: dict[str, Texts]) -> None:
    for texts in editions.values():
        assert texts.characters_of("M80") == "ADGKPS"
        assert texts.characters_of("T36") == "ADS"


def test_what_comes_first_and_what_is_coded_also(editions: dict[str, Texts]) -> None:
    newest = editions[NEWEST]
    assert newest.named_at("Z3A", "code_first") == [["O09-O60", "O80-O82", "O94-O9A"]]
    assert newest.named_at("C7A", "code_also") == [["E312"]]


def test_the_build_has_the_texts_of_its_edition(official_build: Path, read_table: ReadTable) -> None:
    sizes = {name: len(read_table(official_build, name).query("system == 'ICD10CM'")) for name in ("terms", "notes")}
    assert sizes["terms"] == COUNTS[OLDER]["term"][1]
    assert len(read_table(official_build, "seventh_characters").query("system == 'ICD10CM'")) == 1_787


@pytest.mark.parametrize("release", ["2004-10-01", "2008-10-01", "2011-10-01"])
def test_no_line_of_an_icd9_list_is_lost_but_headings_in_capitals(catalogued: Catalogued, release: str) -> None:
    delivery, readers = catalogued("icd9cm_tabular", release), LAYOUTS["tabular_rtf"].readers
    members = [each for path in delivery.paths for each in open_members(delivery, delivery.read_file(path), readers)]
    assert len(members) == 2
    for member in members:
        rows = read_tabular_rtf(member.where, member.raw).to_pandas()
        lines = rtf_to_text(member.raw.decode("cp1252"), encoding="cp1252").split("\n")
        behind_the_title = {*range(rows["line"].min(), len(lines) + 1)}
        lost = [lines[at - 1].strip() for at in sorted(behind_the_title - {*rows["line"]})]
        assert [line for line in lost if line != line.upper()] == []
        told = rows[rows["entry"].isin(["excludes", "includes"])]["line"]
        marked = {at for at, line in enumerate(lines, 1) if line.strip().startswith(("Excludes:\t", "Includes:\t"))}
        assert marked <= {*told}


def test_fifth_digits_of_diabetes(catalogued: Catalogued) -> None:
    delivery, layout = catalogued("icd9cm_tabular", "2011-10-01"), LAYOUTS["tabular_rtf"]
    assert layout.texts is not None
    texts = layout.texts(delivery, by_part(ingest(delivery, layout.readers).frames))
    texts |= {"notes": with_named_codes(texts["notes"])}
    characters = texts["seventh_characters"].to_pandas()
    own = characters[(characters["place"] == "250") & (characters["system"] == "ICD9CM")]
    assert dict(zip(own["character"], own["meaning"], strict=True)) == {
        "0": "type II or unspecified type, not stated as uncontrolled",
        "1": "type I [juvenile type], not stated as uncontrolled",
        "2": "type II or unspecified type, uncontrolled",
        "3": "type I [juvenile type], uncontrolled",
    }
    assert set(own["code_position"]) == {5}
    notes = texts["notes"].to_pandas()
    excluded = notes[(notes["place"] == "250") & (notes["kind"] == "excludes")]["named_codes"]
    assert [[*codes] for codes in excluded] == [["6488"], ["79029"], ["7751"], ["79029"], ["2490-2499"]]
