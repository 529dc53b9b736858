"""Codes of published maps that may be in no listing: declared in unlisted.toml, each with the reason, or of a listing
that the catalogue has and that is not here."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.crosswalk.registry import read_crosswalks
from pipeline.errors import UsageError
from pipeline.history.timeline import Bools

FILE: Final = "unlisted.toml"
SIDES_OF_A_MAP: Final = ("source", "target")
# The share of a side's codes that may stand in no listing because one is not here, while others of the system are: the
# nine further lists of ICD-9-CM add a tenth to the first. Where more are not here, each may add a fiftieth: of the
# condition categories of 2026 a sixth (RxHCC) is in none of the first list of ICD-10-CM, of 2015, and in the fifteen
# that followed it. A misread column is far beyond it, and beyond half of all codes nothing is taken for absent.
SHARE_OF_ABSENT: Final = 0.1
SHARE_OF_EACH_ABSENT: Final = 0.02
MOST_OF_ABSENT: Final = 0.5


@dataclass(frozen=True)
class DeclaredUnlisted:
    """One entry of unlisted.toml: codes of a side of some crosswalks (of all, where none is named) that may be in no
    listing, and why. `share` is not written there: so many more of the codes may be of absent or later listings."""

    side: str
    reason: str
    at_most: int
    crosswalks: tuple[str, ...] = ()
    codes: str = ".*"
    share: float = 0


@dataclass(frozen=True)
class AbsentListings:
    """How many listings of a system are posted and not here, and whether another one is."""

    count: int
    is_listed: bool

    @property
    def share(self) -> float:
        """The share of a side's codes that may be in them."""
        if not self.is_listed:
            return 1
        return max(SHARE_OF_ABSENT, min(MOST_OF_ABSENT, SHARE_OF_EACH_ABSENT * self.count))


def declare_absent(absent: Mapping[str, AbsentListings]) -> tuple[DeclaredUnlisted, ...]:
    """What absent listings allow: codes of published maps that no listing here has. `absent` are the systems of which
    listings are not here.

    Nobody can tell then whether such a code was misprinted or stands in the list that is not here. The reason names no
    list, so that the same raw files make the same build whatever else is posted.
    """
    sides = [(each.crosswalk, "source", each.source_system) for each in read_crosswalks().values()]
    sides += [(each.crosswalk, "target", each.target_system) for each in read_crosswalks().values()]
    return tuple(
        DeclaredUnlisted(side, _reason(system), 0, (crosswalk,), share=absent[system].share)
        for crosswalk, side, system in sides
        if system in absent
    )


def declare_later(conversions: pa.Table, newest: Mapping[str, date]) -> tuple[DeclaredUnlisted, ...]:
    """What conversion tables say of days after the newest listing here allows: no listing can have these codes yet.

    `conversions` has the columns of CONVERSION_COLUMNS; `newest` is the first day of each system's newest listing.
    """
    return tuple(
        DeclaredUnlisted("source", _later(each.source_system), 0, (each.crosswalk,), "|".join(codes), share=1)
        for each in read_crosswalks().values()
        if each.way == "conversion" and each.source_system in newest
        if (codes := _codes_after(conversions, each.source_system, newest[each.source_system]))
    )


def _codes_after(conversions: pa.Table, system: str, day: date) -> list[str]:
    own = conversions.filter(
        pc.and_(pc.equal(conversions["system"], system), pc.greater(conversions["effective_from"], day))
    )
    return sorted(own["code"].drop_null().unique().to_pylist())


def _later(system: str) -> str:
    return f"takes effect after the newest listing of {system} that is here"


def _reason(system: str) -> str:
    return f"in no listing of {system} that is here, and not all of them are"


def read_unlisted(raw: Path) -> tuple[DeclaredUnlisted, ...]:
    """Every entry of unlisted.toml, and of a file of that name in the folder of raw files: an excerpt has one.

    Raises UsageError where an entry has other keys.
    """
    paths = [Path(__file__).with_name(FILE), raw / FILE]
    return tuple(each for path in paths if path.is_file() for each in _read_entries(path))


def fitting_codes(
    entry: DeclaredUnlisted, crosswalk: pa.ChunkedArray, side: pa.ChunkedArray, code: pa.ChunkedArray
) -> Bools:
    """Which codes an entry declares; of each the crosswalk, the side that it stands on, and the code."""
    is_side = np.asarray(pc.equal(side, entry.side))
    is_own = np.asarray(pc.is_in(crosswalk, pa.array(entry.crosswalks, pa.string())))
    fits: Bools = is_side & (is_own | (not entry.crosswalks))
    own = code.filter(pa.array(fits))
    fits[fits] = np.asarray(pc.match_substring_regex(own, f"^(?:{entry.codes})$"))
    return fits


def _read_entries(path: Path) -> Iterator[DeclaredUnlisted]:
    try:
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["unlisted"]:
            yield _checked(DeclaredUnlisted(**each | {"crosswalks": tuple(each.get("crosswalks", ()))}))
    except (ValueError, KeyError, TypeError, AttributeError, re.error) as problem:
        raise UsageError(
            f"{path}: this declares no unlisted codes ({problem})\n"
            "  next:     compare it with pipeline/crosswalk/unlisted.toml"
        ) from problem


def _checked(entry: DeclaredUnlisted) -> DeclaredUnlisted:
    """The entry, where its values are of the form that the rules want. Raises ValueError, TypeError or re.error."""
    if entry.side not in SIDES_OF_A_MAP or not isinstance(entry.at_most, int) or entry.at_most < 1 or not entry.reason:
        raise ValueError(
            f"side is one of {', '.join(SIDES_OF_A_MAP)}, at_most a number, and there is a reason: {entry}"
        )
    re.compile(entry.codes)
    return entry
