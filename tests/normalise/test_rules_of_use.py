"""What comes of lists of rules: values, days, groups, and the numbers and lists that files state twice."""

from datetime import date

import pytest

from pipeline.errors import RawFileError
from pipeline.gate.miscounts import find_differing_counts
from pipeline.ingest import TextFrame
from pipeline.layouts import LAYOUTS
from pipeline.normalise.msdrg_rules import msdrg_rules
from pipeline.normalise.rules_of_use import PublishedRules, ipps_rules, poa_rules
from tests.normalise.frames import delivery_of
from tests.samples import EXCERPT, text_of

DAY = date(2025, 10, 1)
MANUAL = EXCERPT / "msdrg_definitions" / "2025-10-01"
PARTS = {
    "groups": "appendix_A.txt", "complications": "appendix_C.txt", "procedures": "appendix_D_E.txt",
    "lists": "appendix_F_I.txt",
}  # fmt: skip


def frames_of(layout: str, parts: dict[str, bytes]) -> dict[str, TextFrame]:
    readers = LAYOUTS[layout].readers
    return {part: TextFrame(part, f"{part}.txt", readers[part](f"{part}.txt", raw)) for part, raw in parts.items()}


def manual(**instead: bytes) -> PublishedRules:
    parts = {part: (MANUAL / name).read_bytes() for part, name in PARTS.items()} | instead
    return msdrg_rules(delivery_of("msdrg_definitions", DAY), frames_of("msdrg_definitions", parts))


def values_of(rules: PublishedRules, rule: str) -> dict[str, str]:
    (own,) = (each for each in rules.lists if each.rule == rule)
    return dict(zip(own.rows["code"].to_pylist(), own.rows["value"].to_pylist(), strict=True))


def test_the_manual_gives_a_list_of_each_of_its_rules() -> None:
    rules = manual()
    assert values_of(rules, "cc")["I161"] == "CC"
    assert values_of(rules, "cc_exclusions")["A419"] == "0072"
    assert "J1282" not in values_of(rules, "cc_exclusions")
    assert values_of(rules, "or_procedure") == {
        "0016070": "yes", "00933ZZ": "yes", "0JH60PZ": "non_or", "10E0XZZ": "non_or",
    }  # fmt: skip
    assert values_of(rules, "procedure_cluster") == {"0JH60PZ": "member"}
    assert values_of(rules, "hac")["S72001A"] == "05: Falls and Trauma"
    assert {(str(each.known_from), str(each.known_through)) for each in rules.lists} == {("2025-10-01", "2026-03-31")}


def test_appendices_that_contradict_each_other_are_refused() -> None:
    again = (MANUAL / PARTS["lists"]).read_bytes()
    with pytest.raises(RawFileError, match="another code of appendix C that appendix G has not: I161"):
        manual(lists=again.replace(b"  I161    Hypertensive emergency\r\n", b""))
    with pytest.raises(RawFileError, match="another level: S72001A CC"):
        manual(lists=again.replace(b"  S72001A MCC ", b"  S72001A CC  "))


def test_numbers_of_a_readme_are_held_against_the_files_that_it_speaks_of() -> None:
    head = "Order26\tPOAexemptCode\tDescription"
    readme = "List of Present On Admission (POA) exempt codes, for FY2026 ({} codes)."
    parts = {"list": text_of((head, "96680\tZ23\tEncounter for immunization"))}
    for count, findings in ((1, 0), (2, 1)):
        frames = frames_of("poa_exempt", parts | {"readme": text_of((readme.format(count),))})
        assert len(find_differing_counts(poa_rules(delivery_of("poa_exempt", DAY), frames).counts)) == findings


def test_weights_are_numbers_and_nothing_where_there_are_none() -> None:
    raw = (EXCERPT / "ipps_tables" / "2025-10-01" / "Table5_drg_weights_FY2026.txt").read_bytes()
    rules = ipps_rules(delivery_of("ipps_tables", DAY), frames_of("ipps_tables", {"weights": raw}))
    rows = {row["drg"]: row for row in rules.groups.to_pylist()}
    assert (rows["871"]["weight"], rows["871"]["post_acute"], rows["871"]["type"]) == (1.9425, True, "medical")
    assert (rows["001"]["mdc"], rows["998"]["weight"], rows["998"]["mdc"]) == ("Pre", None, None)
