"""The registry of systems."""

import re

import pyarrow as pa
import pytest
from hypothesis import find
from hypothesis import strategies as st

from pipeline.catalogue.sources import read_catalogue
from pipeline.errors import UsageError
from pipeline.normalise.hierarchy import bare, dotted
from pipeline.normalise.systems import SYSTEMS_FILE, Picture, System, read_systems
from schemas.codes import CODE_KINDS, CODE_SETTINGS


def test_registry_has_every_system_that_a_source_lists() -> None:
    assert {system for source in read_catalogue().values() for system in source.systems} <= set(read_systems())


def test_kinds_and_settings_are_those_of_the_schema() -> None:
    for system in read_systems().values():
        assert set(system.kinds) <= set(CODE_KINDS), system.system
        assert system.setting in CODE_SETTINGS, system.system


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        ("ICD9CM", "001 0031 00320 V01 V010 V0182 E800 E8000", "01 V1 E80 E80000 A00 003.1"),
        ("ICD9Proc", "00 000 0001 8628", "1 00001 A001"),
        ("ICD10CM", "A00 C4A M1A0110 T63833A U071 Z3A01", "A0 0A0 A00.1 a00 ABC E0837X12"),
        ("ICD10PCS", "001 0016070 XW033E5 3E0G76Z", "0016 00160701 0O16070 0I1"),
        ("CPT4", "00100 99213 0001F 0075T 0202U 0004M 0001A 25 1P", "A0021 9921 0001B"),
        ("HCPCS", "A0021 J1440 V5364 A1 GT", "D0120 W0001 99213 A021 A00211"),
        ("ICD10", "A00 A000 U011", "A0 A00.0 *U011 A00A"),
        ("ICD9", "001 0010 E810 E8100", "V01 01 A00"),
    ],
)
def test_patterns_of_codes(system: str, good: str, bad: str) -> None:
    pattern = re.compile(read_systems()[system].code_pattern)
    assert [code for code in good.split() if not pattern.search(code)] == []
    assert [code for code in bad.split() if pattern.search(code)] == []


def picture_of(system: System, code: str) -> Picture:
    return next((picture for picture in system.pictures[1:] if code.startswith(picture.first)), system.pictures[0])


@pytest.mark.slow
@pytest.mark.parametrize("system", read_systems().values(), ids=read_systems())
def test_longest_code_of_the_pattern_is_as_long_as_its_picture(system: System) -> None:
    codes = st.from_regex(system.code_pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    for picture in system.pictures:
        longest = find(codes, lambda code, picture=picture: fills(system, picture, code))
        longer = [longest + character for character in "0A"] + [longest[:-1] + "00", longest[:-1] + "AA"]
        assert [code for code in longer if re.search(system.code_pattern, code)] == []
    assert system.longest == re._parser.parse(system.code_pattern).getwidth()[1]


def fills(system: System, picture: Picture, code: str) -> bool:
    """Whether a code is of a picture and as long as it."""
    return picture_of(system, code) == picture and len(code) == picture.length


def test_picture_says_where_separators_stand_and_how_long_its_codes_are() -> None:
    picture = Picture("EXXX-XX.X")
    assert (picture.first, picture.length, picture.breaks) == ("E", 7, [(4, "-"), (6, ".")])
    fitting = ["E", "E123", "E123-4", "E123-45", "E123-45.6"]
    assert [code for code in fitting if not re.fullmatch(picture.pattern, code)] == []
    assert [
        code for code in ("", "X123", "E123-", "E1234", "E123-456", "e") if re.fullmatch(picture.pattern, code)
    ] == []


def test_registry_writes_dots_and_hyphens_of_drug_codes_alone() -> None:
    written = {name: system.separators for name, system in read_systems().items()}
    assert {*written.values()} == {(".",), ("-",), ()}
    assert [name for name, separators in written.items() if "-" in separators] == ["NDC"]


def test_licensed_text_is_that_of_the_ama_and_the_who() -> None:
    licensed = {name: system.licensed_text for name, system in read_systems().items() if system.licensed_text}
    assert licensed == {"CPT4": "AMA", "ICD10": "WHO", "ICD9": "WHO"}


# As the publishers' manuals and claims print them, in every length that a system has.
WRITTEN = {
    "ICD9CM": ["250.00", "428.0", "042", "V58.11", "V10", "E850.0", "E812"],
    "ICD9Proc": ["47.01", "36.1", "00"],
    "ICD10CM": ["E11.9", "I10", "S72.001A", "V43.52XA"],
    "ICD10PCS": ["0DTJ4ZZ", "0DT"],
    "CPT4": ["99213", "0001F"],
    "HCPCS": ["J1745", "LT"],
    "ICD10": ["I21.9", "X59"],
    "NDC": ["57894-0030-01"],
    "ICD9": ["410.9", "E812.0", "410"],
}


@pytest.mark.parametrize("system", WRITTEN)
def test_codes_are_written_as_people_write_them(system: str) -> None:
    entry, written = read_systems()[system], pa.array(WRITTEN[system])
    assert dotted(bare(written, entry), entry).to_pylist() == WRITTEN[system]


FAULTS = {
    "misspelt key": ('written_as = ["XXX.XX", "EXXX.X"]', 'writen_as = ["XXX.XX"]', r"without written_as"),
    "missing key": ('maintainer = "NCHS/CDC"\n', "", r"without maintainer"),
    "unknown key": ("prefix_tree", "prefixtree", r"with prefixtree"),
    "text for a list": ('kinds = ["diagnosis"]', 'kinds = "diagnosis"', r"kinds of the type tuple\[str, \.\.\.\]"),
    "text for a day": ("in_use_from = 1979-01-01", 'in_use_from = "1979-01-01"', r"in_use_from of the type .*date"),
    "number for a text": ('name = "International', 'name = 9\n# "International', r"name of the type str"),
    "range of one bound": ('[["E000", "E999"]]', '[["E000"]]', r"never_alone of the type"),
    "placeholder of no place": ("prefix_tree", 'placeholder = "X"\nprefix_tree', r"encounter_at beside a placeholder"),
    "empty list": (
        'settings = ["professional_claim", "hospital_outpatient_claim", "hospital_inpatient_claim", "pharmacy_claim"]',
        "settings = []",
        r"settings with at least one value",
    ),
    "no picture": ('["XXX.XX", "EXXX.X"]', '["XXX.XX", ""]', r"written_as of pictures"),
    "picture of nothing": ('["XXX.XX", "EXXX.X"]', '["XXX.xx"]', r"written_as of pictures"),
    "broken pattern": ("code_pattern = '^(?:", "code_pattern = '^((?:", r"code_pattern that is a regular expression"),
}


@pytest.mark.parametrize(("text", "instead", "said"), FAULTS.values(), ids=FAULTS)
def test_an_entry_of_another_form_is_refused_with_its_file_and_its_name(tmp_path, text, instead, said) -> None:
    path, entries = tmp_path / "systems.toml", SYSTEMS_FILE.read_text(encoding="utf-8")
    head, *others = entries.split("[[system]]")
    path.write_text("[[system]]".join([head, others[0].replace(text, instead, 1), others[1]]), encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        read_systems(path)
    assert f"{path}, [[system]] ICD9CM\n  expected: " in str(refused.value)
    assert "\n  next:     " in str(refused.value)


@pytest.mark.parametrize("text", ["", "[[systems]]", 'system = "x"', "[[system]", "system = [1]"])
def test_a_file_without_entries_is_refused(tmp_path, text: str) -> None:
    path = tmp_path / "systems.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"begins with \[\[system\]\]"):
        read_systems(path)


def test_a_system_that_stands_twice_is_refused(tmp_path) -> None:
    path, entries = tmp_path / "systems.toml", SYSTEMS_FILE.read_text(encoding="utf-8")
    path.write_text(entries.replace('system = "ICD9Proc"', 'system = "ICD9CM"'), encoding="utf-8")
    with pytest.raises(UsageError, match="a second one"):
        read_systems(path)
