"""Look-ups on a published build, and the words in which they are answered."""

import json
from dataclasses import replace
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.ask.answers import as_csv
from pipeline.ask.build import Build, open_arrow, open_build
from pipeline.ask.code_episodes import STARTS_IN_WORDS, Episode, describe_hole
from pipeline.ask.known_days import KnownDays
from pipeline.ask.lookup import CodeAnswer, look_up
from pipeline.ask.lookup_formats import LOOKUP_FORMATS
from pipeline.ask.lookup_text import describe_code
from pipeline.ask.resolve_codes import judge_episodes
from pipeline.ask.written_codes import read_written_codes
from pipeline.errors import UsageError
from schemas.codes import VALID_FROM_BASES
from tests.ask.conftest import ChangeTable
from tests.samples import run


def answer(build: Build, code: str, system: str | None = None, on: date | None = None) -> CodeAnswer:
    (found,) = look_up(build, [code], system, on)
    return found


@pytest.mark.parametrize("asked", ["E11.9", "e11.9", "E119", " e11 .9 "])
def test_a_code_is_found_with_or_without_its_dot_in_capitals_or_not(opened: Build, asked: str) -> None:
    (episode,) = answer(opened, asked, "ICD10CM").reading.episodes
    assert (episode.code_dotted, episode.billable) == ("E11.9", True)


def test_a_bare_code_of_several_systems_is_shown_in_each_and_says_so(opened: Build) -> None:
    text = describe_code(answer(opened, "8020"))
    assert text.startswith("A code of 2 systems: ICD9CM (802.0), ICD9Proc (80.20). --system picks one.")
    assert "Closed fracture of nasal bones" in text
    assert "Arthroscopy, unspecified site" in text


def test_the_dot_tells_systems_apart(opened: Build) -> None:
    assert {each.system for each in answer(opened, "80.20").reading.episodes} == {"ICD9Proc"}
    assert {each.system for each in answer(opened, "802.0").reading.episodes} == {"ICD9CM"}


def test_a_reused_code_shows_both_meanings_and_on_a_day_the_one_of_that_day(opened: Build) -> None:
    text = describe_code(answer(opened, "J1440"))
    assert "from 1994-01-01 to 2013-12-31" in text
    assert "from 2023-07-01 on" in text
    assert "filgrastim" in describe_code(answer(opened, "J1440", on=date(2013, 12, 31)))
    assert "not valid on 2020-01-01" in describe_code(answer(opened, "J1440", on=date(2020, 1, 1)))


def test_a_code_with_its_modifiers_is_told_to_be_asked_alone(opened: Build) -> None:
    found = answer(opened, "99213-25")
    assert found.reading.reason.endswith("99213 with modifiers, which are codes of their own: ask for each alone")


def test_a_code_that_ended_is_billable_until_its_last_day(opened: Build) -> None:
    assert "\n  billable through 2015-09-30 on " in describe_code(answer(opened, "250.00"))
    assert "\n  billable on " in describe_code(answer(opened, "E11.9", "ICD10CM"))


def test_days_on_which_a_code_was_a_heading_are_not_called_valid(opened: Build) -> None:
    spans = "valid from before 2005-10-01 to some day from 2006-09-30 to 2009-09-30, a heading from 2009-10-01 at the"
    assert f"not valid on 2016-01-01; {spans}" in describe_code(answer(opened, "780.6", on=date(2016, 1, 1)))


def test_a_left_censored_start_is_said_to_be_earlier(opened: Build) -> None:
    assert "from before 2005-10-01 to 2015-09-30" in describe_code(answer(opened, "250.00"))


def test_how_a_start_is_known_is_told_in_words_for_every_basis(opened: Build) -> None:
    assert describe_code(answer(opened, "250.00")).endswith("[older than the lists here]")
    assert "[by the publisher's record]" in describe_code(answer(opened, "J1440"))
    assert {*STARTS_IN_WORDS} == {*VALID_FROM_BASES}


def test_a_measure_is_reported_and_as_a_rule_not_paid(opened: Build) -> None:
    text = describe_code(answer(opened, "0001F"))
    assert "to measure performance: as a rule not paid" in text
    assert "billable" not in text
    assert "as a rule not paid" in describe_code(answer(opened, "0001F", on=date(2012, 1, 1)))
    assert "not paid" not in describe_code(answer(opened, "99213"))


def test_missing_text_is_explained_by_the_licence(opened: Build) -> None:
    assert "AMA copyright" in describe_code(answer(opened, "99397"))


def test_a_code_that_no_listing_has_is_unknown(opened: Build) -> None:
    found = answer(opened, "ZZZ9")
    assert found.status == "unknown"
    assert describe_code(found) == "ZZZ9\n  unknown: there is no such code in any system here"


def test_a_system_that_does_not_exist_is_wrong_usage(opened: Build) -> None:
    with pytest.raises(UsageError, match="no such system"):
        answer(opened, "E119", "foo")


def test_the_code_above_is_written_as_people_write_it(opened: Build) -> None:
    assert "; under E11\n" in describe_code(answer(opened, "E11.9", "ICD10CM"))
    text = describe_code(answer(opened, "E11.10", "ICD10CM"))
    assert "; under E11.1\n" in text


@pytest.mark.parametrize(
    ("text", "bare", "fits"),
    [
        ("0002-1433-80", "0002143380", True),
        ("0002143380", "0002143380", True),
        (" 0002-1433 80", "0002143380", False),
        ("0002143-380", "0002143380", False),
        ("000/2", "000/2", True),
    ],
)
def test_separators_are_those_of_the_pictures_of_the_build(text: str, bare: str, fits: bool) -> None:
    pictures = [["XXXX-XXXX-XX"], ["XXX.XXXX"]]
    systems = pa.table(
        {
            "system": ["NDC", "ICD10CM"],
            "written_as": pictures,
            "code_pattern": [".", "."],
            "settings": [["any_claim"], ["any_claim"]],
            "kinds": [["drug"], ["diagnosis"]],
            "filled_with": pa.nulls(2, pa.string()),
        }
    )
    with open_arrow({"systems": systems}) as build:
        (written,) = read_written_codes(build, [text])
    assert written.bare == bare
    assert written.fits("0002-1433-80") is fits


NINE = KnownDays(
    "ICD9CM", date(1979, 1, 1), date(2015, 9, 30), "2014-10-01", date(2005, 10, 1), date(2015, 9, 30), None
)


@pytest.mark.parametrize(
    ("first", "basis", "day", "status"),
    [
        (date(2005, 10, 1), "left_censored", date(1999, 1, 1), "not_known"),
        (date(1998, 10, 1), "conversion_table", date(1999, 1, 1), "resolved"),
        (date(1998, 10, 1), "conversion_table", date(1997, 1, 1), "invalid"),
        (date(1998, 10, 1), "left_censored", date(1997, 1, 1), "not_known"),
        (date(2011, 10, 1), "release", date(2003, 5, 1), "not_known"),
        (date(2011, 10, 1), "release", date(2010, 5, 1), "invalid"),
        (date(2011, 10, 1), "record", date(2003, 5, 1), "invalid"),
    ],
)
def test_before_the_oldest_release_a_code_is_known_by_its_own_days_alone(first, basis, day, status):
    """250.00 may have been valid in 1999; 536.40 was, since the conversion table says when it began. 173.30 is first
    listed in October 2011: of 2003 nothing is known, as the join to `validity` says."""
    told = (
        "ICD9CM",
        "53640",
        "536.40",
        "diagnosis",
        "any_claim",
        "NCHS/CDC",
        first,
        date(2015, 9, 30),
        basis,
        True,
        True,
    )
    episode = Episode(*told, "Gastrostomy complication", None, None, None, "", is_before_use=False, worded_from=first)
    assert judge_episodes([episode], NINE, day).status == status


@pytest.mark.parametrize(
    ("day", "status"),
    [(date(2004, 10, 1), "not_known"), (date(2004, 10, 2), "not_known"), (date(2005, 10, 1), "resolved")],
)
def test_a_code_that_began_between_two_files_is_not_known_between_them(day: date, status: str) -> None:
    """278.02 is in no list of 2004 and in the title file of 2005: of the days before nothing is said, as of any code
    that may have been valid once before the oldest release."""
    told = ("ICD9CM", "27802", "278.02", "diagnosis", "any_claim", "NCHS/CDC", date(2005, 10, 1), date(2015, 9, 30))
    text = ("release", True, True, "Overweight", None, None, None, "")
    episode = Episode(*told, *text, False, date(2005, 10, 1), date(2004, 10, 2))
    verdict = judge_episodes([episode], NINE, day)
    assert verdict.status == status
    assert episode.first_day == "2005-10-01 at the latest"


@pytest.mark.parametrize(("day", "status"), [(date(2010, 10, 2), "not_known"), (date(2010, 10, 1), "invalid")])
def test_a_later_life_that_began_between_two_files_is_not_known_between_them(day: date, status: str) -> None:
    code = ("ICD9CM", "27802", "278.02", "diagnosis", "any_claim", "NCHS/CDC")
    text = ("release", True, True, "Overweight", None, None, None, "", False)
    first = Episode(*code, date(2006, 10, 1), date(2008, 9, 30), *text, date(2006, 10, 1))
    later = Episode(*code, date(2011, 10, 1), None, *text, date(2011, 10, 1), date(2010, 10, 2))
    assert judge_episodes([first, later], NINE, day).status == status


def test_an_edition_from_before_a_system_was_in_use_makes_no_heading_of_its_codes(changed: ChangeTable) -> None:
    """Its rows are history of the text: FY2013 printed E11.9, which nobody could report before October 2015."""

    def with_an_edition_before_use(rows: pa.Table) -> pa.Table:
        own = rows.filter(pc.and_(pc.equal(rows["system"], "ICD10CM"), pc.equal(rows["code"], "E119")))
        values = {"valid_from": date(2012, 10, 1), "valid_to": date(2015, 9, 30), "billable": False}
        early = pa.Table.from_pylist([own.to_pylist()[0] | values], own.schema)
        return pa.concat_tables([early, rows])

    output = ("--system", "ICD10CM", "--output", str(changed("code_history", with_an_edition_before_use).parent))
    result = run("lookup", "E11.9", "--on", "2013-01-01", *output)
    assert result.exit_code == 1
    assert (
        "not valid on 2013-01-01: ICD10CM was not in use before 2015-10-01; valid from 2015-10-01 on" in result.output
    )
    assert "heading" not in result.output
    ever = run("lookup", "E11.9", *output)
    assert ever.exit_code == 0
    assert "from 2012-10-01 to 2015-09-30                 listed before use  Type 2 diabetes mellitus" in ever.output
    translated = run("translate", "E11.9", "--to", "ICD9CM", "--on", "2013-01-01", *output)
    assert translated.exit_code == 1
    assert "invalid: not valid on 2013-01-01: ICD10CM was not in use before 2015-10-01" in translated.output


def test_where_the_licence_does_not_forbid_the_day_is_said_before_which_the_wording_is_not_known(opened: Build) -> None:
    """Record G8427 says that its words are of 2017; what they were since 2008 no file here says."""
    found = answer(opened, "G8427", on=date(2010, 1, 1))
    why = "wording before 2017-01-01 is not known"
    assert f"on 2010-01-01: ({why})" in describe_code(found)
    (episode,) = json.loads(LOOKUP_FORMATS["json"].one(found))["episodes"]
    assert (episode["meaning"], episode["why_no_meaning"]) == (None, why)
    assert f"reported  ({why})" in describe_code(answer(opened, "G8427"))


def test_where_the_licence_forbids_any_text_it_is_named(opened: Build) -> None:
    assert "(no text: see the licence)" in describe_code(answer(opened, "E11.9", "ICD10"))


def test_csv_is_written_as_the_files_of_a_build_are(opened: Build) -> None:
    """Every text in quotes, a missing value without; true and false, days as they are."""
    line = LOOKUP_FORMATS["csv"].one(answer(opened, "G8427", on=date(2010, 1, 1)))
    assert line.startswith('"G8427","valid",,,"HCPCS","G8427","G8427",,true,2008-01-01,2016-12-31,"record",')
    assert line.endswith(',false,"wording before 2017-01-01 is not known",2025-03-31,,,,"BETOS=M5D",2010-01-01\n')
    assert as_csv([['a "b", c', 3, None]]) == '"a ""b"", c",3,\n'


def test_of_a_code_that_ended_its_successor_is_named_on_a_day_or_without_one(changed: ChangeTable) -> None:
    """L1851 has no record in the excerpt: the day that the full tables have of it is put in."""

    def with_first_day(rows: pa.Table) -> pa.Table:
        days = pc.if_else(pc.equal(rows["target_code"], "L1851"), date(2017, 1, 1), rows["target_valid_from"])
        return rows.set_column(rows.column_names.index("target_valid_from"), "target_valid_from", days)

    with open_build(changed("mappings", with_first_day)) as build:
        ever, later, within = (answer(build, "K0901", on=day) for day in (None, date(2020, 1, 1), date(2016, 1, 1)))
    assert "  replaced by L1851 (HCPCS) from 2017-01-01" in describe_code(ever)
    assert "did you mean: L1851 (HCPCS, took its place)" in describe_code(later)
    assert "replaced by" not in describe_code(within)
    (episode,) = json.loads(LOOKUP_FORMATS["json"].one(ever))["episodes"]
    assert episode["replaced_by"] == [{"system": "HCPCS", "code_dotted": "L1851", "valid_from": "2017-01-01"}]


def test_a_successor_in_a_system_without_days_has_none(opened: Build) -> None:
    assert "replaced by 80305 (CPT4)" in describe_code(answer(opened, "G0477"))


def test_a_code_that_is_older_than_the_end_of_another_did_not_take_its_place(changed: ChangeTable) -> None:
    """Conversion tables lead from a code to those of before it, which may be in force still; what a record of the code
    itself names took its place, whenever it began (99406 in the place of G0436)."""

    def with_older_target(rows: pa.Table, flags: str, first_day: date | None = date(2014, 1, 1)) -> pa.Table:
        is_it = pc.equal(rows["target_code"], "L1851")
        for name, value in (("target_valid_from", pa.scalar(first_day, pa.date32())), ("flags", pa.scalar(flags))):
            rows = rows.set_column(rows.column_names.index(name), name, pc.if_else(is_it, value, rows[name]))
        return rows

    with open_build(changed("mappings", partial(with_older_target, flags="New"))) as build:
        assert "replaced by" not in describe_code(answer(build, "K0901"))
    with open_build(changed("mappings", partial(with_older_target, flags="New", first_day=None))) as build:
        assert "replaced by" not in describe_code(answer(build, "K0901"))
    with open_build(changed("mappings", partial(with_older_target, flags="Replaced"))) as build:
        assert "  replaced by L1851 (HCPCS)\n" in describe_code(answer(build, "K0901"))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("J1440", "out of use from 2014-01-01 to 2023-06-30; before, it meant something else, as below"),
        ("J9380", "out of use from 2011-01-01 to 2023-06-30; before, it may have meant something else"),
    ],
)
def test_a_number_that_was_out_of_use_is_told_so(opened: Build, code: str, says: str) -> None:
    assert f"\n  {says}\n" in describe_code(answer(opened, code))


def test_a_code_that_is_back_with_its_meaning_was_out_of_use_and_nothing_else(opened: Build) -> None:
    first, second = answer(opened, "J1440").reading.episodes
    assert describe_hole([first, replace(second, meaning=first.meaning)]) == "out of use from 2014-01-01 to 2023-06-30"
    assert describe_hole([first]) is None
    days = {"valid_to": date(2023, 6, 30)}
    assert describe_hole([replace(first, **days), second]) is None
