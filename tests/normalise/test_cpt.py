"""What the CPT files of a licensee mean. Titles are invented."""

import pytest

from pipeline.errors import RawFileError
from tests.normalise.frames import listings_of, rows_of

LONG = b"99213\tInvented long text\n0001F\tInvented measure\n"
MEDIUM = b"99213 INVENTED MEDIUM TEXT\n0001F INVENTED MEDIUM MEASURE\n"
SHORT = b"99213 INVENTED SHORT\n"


def test_short_title_falls_back_to_the_medium_one() -> None:
    rows = rows_of("cpt", {"long": LONG, "medium": MEDIUM, "short": SHORT})
    assert {code: row["short_description"] for code, row in rows.items()} == {
        "99213": "INVENTED SHORT",
        "0001F": "INVENTED MEDIUM MEASURE",
    }
    assert rows["99213"]["description"] == "Invented long text"


def test_without_long_descriptors_the_codes_are_those_of_the_medium_file() -> None:
    rows = rows_of("cpt", {"medium": MEDIUM})
    assert {code: row["description"] for code, row in rows.items()} == {"99213": None, "0001F": None}


def test_modifiers_never_stand_alone() -> None:
    rows = rows_of("cpt", {"long": LONG, "modifiers": b"25\tInvented\n"})
    assert (rows["25"]["kind"], rows["25"]["standalone"], rows["99213"]["standalone"]) == ("modifier", False, None)


def test_text_is_left_out_unless_asked_for() -> None:
    (listing,) = listings_of("cpt", {"long": LONG, "short": SHORT}, with_licensed_text=False)
    assert set(listing.rows["description"].to_pylist() + listing.rows["short_description"].to_pylist()) == {None}
    assert listing.rows["code"].to_pylist() == ["99213", "0001F"]


def test_modifiers_alone_are_refused() -> None:
    with pytest.raises(RawFileError, match="LONGULT"):
        listings_of("cpt", {"modifiers": b"25\tInvented\n"})


def test_code_that_only_the_short_titles_list_is_listed() -> None:
    rows = rows_of("cpt", {"long": LONG, "short": SHORT + b"99214 INVENTED OTHER\n"})
    assert rows["99214"]["short_description"] == "INVENTED OTHER"
    assert rows["99214"]["description"] is None
