"""The rules that come of a tabular list, on its days: carried down here anew, by the nesting of its XML, both ways."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from tests.conftest import ReadTable
from tests.official.conftest import Catalogued, member_of, valid_on

FIRST_DAY = date(2021, 1, 1)
NOTES = {"code_first": "codeFirst", "use_additional_code": "useAdditionalCode"}
# Of the block that holds all accidents of transport and stands in the list beside its parts, not around them.
ACCIDENTS = "V00-V99"
# Codes of the day below a note, by the rule; headings that lack a character.
COUNTED = {"code_first": 8_408, "use_additional_code": 52_954, "seventh_character": 16_562}
Places = dict[str, str]


def carried(element: ElementTree.Element, above: Places) -> Iterator[tuple[str, Places]]:
    """Each entry below an element: its code, and what stands at it or nearest above it, by the rule."""
    is_entry = element.tag == "diag"
    name = (
        element.findtext("name", "").replace(".", "") if is_entry else element.get("id") or element.findtext("name", "")
    )
    own = above | {rule: name for rule, tag in NOTES.items() if element.find(tag) is not None}
    defined = element.find("sevenChrDef")
    if defined is not None:
        own["seventh_character"] = " ".join(each.get("char", "") for each in defined.iterfind("extension"))
    if is_entry:
        yield name, own
    for kind in ("chapter", "section", "diag"):
        for each in element.iterfind(kind):
            yield from carried(each, own)


@pytest.fixture(scope="module")
def entries(catalogued: Catalogued) -> dict[str, Places]:
    list_of_the_day = member_of(catalogued("icd10cm_tabular", str(FIRST_DAY)), "tabular")
    return dict(carried(ElementTree.fromstring(list_of_the_day.raw), {}))


@pytest.mark.parametrize("rule", COUNTED)
def test_a_rule_of_a_note_is_that_of_the_nearest_entry_that_has_one(
    rule: str, entries: dict[str, Places], official_build: Path, read_table: ReadTable
) -> None:
    """A code that is made by an added character stands below the longest entry that it begins with."""
    rules = read_table(official_build, "code_rules").query("system == 'ICD10CM'")
    rules = rules[(rules["rule"] == rule) & (rules["valid_from"] <= FIRST_DAY) & (rules["valid_to"] >= FIRST_DAY)]
    found = dict(zip(rules["code"], rules["value"], strict=True))
    on_day: pd.DataFrame = valid_on(read_table(official_build, "code_history"), "ICD10CM", FIRST_DAY)
    asked = on_day[on_day["billable"] != (rule == "seventh_character")].index
    expected = {}
    for code in asked:  # 73,000
        entry = next(code[:length] for length in range(len(code), 2, -1) if code[:length] in entries)
        if rule in entries[entry]:
            expected[code] = entries[entry][rule]
    of_accidents = {code for code, place in found.items() if place == ACCIDENTS}
    assert {code for code in asked if code.startswith("V")} - {*expected} >= of_accidents
    assert {code: value for code, value in found.items() if code not in of_accidents} == expected
    assert len(found) == COUNTED[rule]
