"""One history of a system out of lists that tell ends only, of records, and of the keeper's own list."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pyarrow as pa

from pipeline.normalise.listing import Listing
from tests.history.frames import history_of, listing, record_listing

Days = tuple[date, date | None, str, str | None]
OPEN = None


def of_source(made: Listing, source: str, **changes: object) -> Listing:
    delivery = replace(made.delivery, source=replace(made.delivery.source, source=source))
    return replace(made, delivery=delivery, **changes)


def list_of_ends(year: int, codes: Mapping[str, date | None], system: str = "HCPCS") -> Listing:
    """A list of 1 January that has the last day of codes that ended, as BETOS is."""
    ends = pa.array(codes.values(), pa.date32())
    made = listing(date(year, 1, 1), dict.fromkeys(codes, (None, None, True)), system, valid_to=ends)
    return of_source(made, "betos", complete=False, absence_ends=True, tells_ends_only=True, rank=2)


def own_list(year: int, codes: list[str]) -> Listing:
    """A keeper's complete list of 1 January."""
    return of_source(listing(date(year, 1, 1), dict.fromkeys(codes, ("own", "own", True)), "CPT4"), "cpt")


def days_of(*listings: Listing) -> dict[str, list[Days]]:
    found: dict[str, list[Days]] = {}
    for row in history_of(list(listings)):
        told = (row["valid_from"], row["valid_to"], row["valid_from_basis"], row["valid_to_basis"])
        found.setdefault(row["code"], []).append(told)
    return found


def test_a_code_of_the_oldest_list_began_before_it_and_goes_on() -> None:
    lists = [list_of_ends(year, {"J1": OPEN}) for year in (2009, 2010)]
    assert days_of(*lists) == {"J1": [(date(2009, 1, 1), None, "left_censored", None)]}


def test_of_a_code_that_had_ended_by_the_oldest_list_its_last_day_is_known_and_no_other() -> None:
    end = date(2006, 12, 31)
    assert days_of(list_of_ends(2009, {"J1": end})) == {"J1": [(end, end, "left_censored", "record")]}


def test_a_code_that_leaves_the_lists_after_its_end_ended_on_its_last_day() -> None:
    lists = [list_of_ends(2009, {"J1": date(2005, 12, 31), "J2": OPEN}), list_of_ends(2010, {"J2": OPEN})]
    assert days_of(*lists)["J1"][0][1] == date(2005, 12, 31)


def test_a_code_that_leaves_the_lists_without_a_last_day_ended_by_then() -> None:
    lists = [list_of_ends(2012, {"G0449": OPEN, "J2": OPEN}), list_of_ends(2013, {"J2": OPEN})]
    assert days_of(*lists)["G0449"] == [(date(2012, 1, 1), date(2012, 12, 31), "left_censored", "release")]


def test_a_code_that_a_later_list_has_first_began_between_the_two() -> None:
    lists = [list_of_ends(2009, {"J1": OPEN}), list_of_ends(2010, {"J1": OPEN, "J2": OPEN})]
    row = next(each for each in history_of(lists) if each["code"] == "J2")
    assert (row["valid_from"], row["valid_from_earliest"]) == (date(2010, 1, 1), date(2009, 1, 2))


def test_a_code_that_began_and_ended_between_two_lists_is_not_lost() -> None:
    lists = [list_of_ends(2009, {"J1": OPEN}), list_of_ends(2010, {"J1": OPEN, "J2": date(2009, 9, 30)})]
    row = next(each for each in history_of(lists) if each["code"] == "J2")
    assert (row["valid_from"], row["valid_to"]) == (date(2009, 9, 30), date(2009, 9, 30))
    assert row["valid_from_earliest"] == date(2009, 1, 2)


def test_an_end_that_a_later_list_takes_back_is_none() -> None:
    lists = [list_of_ends(2009, {"0058T": date(2008, 12, 31)}), list_of_ends(2010, {"0058T": OPEN})]
    assert days_of(*lists) == {"0058T": [(date(2009, 1, 1), None, "left_censored", None)]}


def test_an_end_that_a_later_list_moves_is_the_later_one() -> None:
    lists = [list_of_ends(2012, {"G8675": date(2011, 12, 31)}), list_of_ends(2013, {"G8675": date(2012, 12, 31)})]
    assert [each[1] for each in days_of(*lists)["G8675"]] == [date(2012, 12, 31)]


def test_a_number_that_is_gone_and_back_without_its_end_is_another_code() -> None:
    lists = [
        list_of_ends(2009, {"A9520": date(2005, 12, 31), "J2": OPEN}),
        list_of_ends(2010, {"J2": OPEN}),
        list_of_ends(2011, {"J2": OPEN, "A9520": OPEN}),
    ]
    assert days_of(*lists)["A9520"] == [
        (date(2005, 12, 31), date(2005, 12, 31), "left_censored", "record"),
        (date(2011, 1, 1), None, "release", None),
    ]


def test_records_count_and_a_list_of_ends_adds_earlier_lives_and_unknown_codes() -> None:
    records = of_source(
        record_listing(
            date(2025, 1, 1),
            [("J9380", "later", date(2023, 7, 1), None), ("J1", "same", date(2000, 1, 1), date(2012, 12, 31))],
        ),
        "hcpcs",
    )
    ends = list_of_ends(2014, {"J9380": date(2010, 12, 31), "J1": date(2012, 12, 31), "J7": date(2011, 12, 31)})
    found = {
        (row["code"], row["valid_from"], row["valid_to"]): row["description"] for row in history_of([records, ends])
    }
    assert found == {
        ("J1", date(2000, 1, 1), date(2012, 12, 31)): "same",
        ("J7", date(2011, 12, 31), date(2011, 12, 31)): None,
        ("J9380", date(2010, 12, 31), date(2010, 12, 31)): None,
        ("J9380", date(2023, 7, 1), None): "later",
    }


def test_a_code_of_the_keeper_s_list_and_of_the_list_of_ends_is_one_with_the_earlier_first_day() -> None:
    lists = [own_list(2022, ["99213"]), list_of_ends(2014, {"99213": OPEN}, "CPT4")]
    assert days_of(*lists) == {"99213": [(date(2014, 1, 1), None, "left_censored", None)]}
    (row,) = history_of(lists)
    assert (row["description"], row["release"], row["last_release"]) == ("own", "2014-01-01", "2022-01-01")


def test_a_code_of_the_list_of_ends_that_the_keeper_s_later_list_lacks_ended_by_then() -> None:
    lists = [own_list(2022, ["99213"]), list_of_ends(2014, {"99213": OPEN, "27130": OPEN}, "CPT4")]
    assert days_of(*lists)["27130"] == [(date(2014, 1, 1), date(2021, 12, 31), "left_censored", "release")]


def rbcs(codes: dict[str, tuple[date, date | None]]) -> Listing:
    """A list of records of 2025 with first and last days and no text, as RBCS is."""
    made = listing(
        date(2025, 1, 1),
        dict.fromkeys(codes, (None, None, True)),
        "CPT4",
        valid_from=pa.array([first for first, _ in codes.values()], pa.date32()),
        valid_to=pa.array([last for _, last in codes.values()], pa.date32()),
    )
    return of_source(made, "rbcs", complete=False, rank=1)


def test_records_of_another_list_tell_the_days_that_the_keeper_s_list_does_not() -> None:
    days = {"99213": (date(1992, 1, 1), None), "27130": (date(1984, 1, 1), date(2018, 6, 30))}
    lists = [own_list(2017, ["99213", "27130"]), own_list(2022, ["99213"]), rbcs(days)]
    assert days_of(*lists) == {
        "27130": [(date(1984, 1, 1), date(2018, 6, 30), "record", "record")],
        "99213": [(date(1992, 1, 1), None, "record", None)],
    }


def test_a_record_tells_of_an_end_after_the_keeper_s_newest_list() -> None:
    lists = [own_list(2022, ["99213"]), rbcs({"99213": (date(1992, 1, 1), date(2023, 12, 31))})]
    assert days_of(*lists)["99213"] == [(date(1992, 1, 1), date(2023, 12, 31), "record", "record")]


def test_a_code_of_all_three_lists_is_one() -> None:
    lists = [
        own_list(2022, ["99213"]),
        rbcs({"99213": (date(1992, 1, 1), None)}),
        list_of_ends(2014, {"99213": OPEN}, "CPT4"),
    ]
    assert days_of(*lists) == {"99213": [(date(1992, 1, 1), None, "record", None)]}
