"""What stood for a new code before: the free text of the conversion table's last column, read and expanded."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.history.episodes import DAY
from pipeline.history.timeline import as_days
from pipeline.normalise.ranges import is_within

CODE = r"[A-Z][0-9A][0-9AB](?:\.[0-9A-Z]{1,4})?|[0-9A-HJ-NP-Z]{7}"
RANGE = re.compile(rf"({CODE})\s*-\s*({CODE})")
CATEGORY = re.compile(rf"({CODE})\.?-(?![0-9A-Z])")
SINGLE = re.compile(rf"(?<![0-9A-Z.])(?:{CODE})(?![0-9A-Z.])")
ALL_OF_CATEGORIES = re.compile(r"codes? (?:in|from) categor", re.IGNORECASE)
NOTHING = {"None", "NoPCS", ""}


@dataclass(frozen=True)
class Naming:
    """One way in which a cell names codes: a single code, or all between two bounds."""

    first: str
    last: str
    form: str


def read_previous(text: str) -> list[Naming]:
    """The codes that a cell of the conversion table names, in its order: single codes, ranges, whole categories.

    `C44.10-` and `Codes in Categories V20-V28` name all codes below; `H02.101-H02.106` those between.
    """
    if text in NOTHING:
        return []
    whole = bool(ALL_OF_CATEGORIES.search(text))
    names: list[tuple[int, Naming]] = []

    def take(pattern: re.Pattern[str], form: str, rest: str) -> str:
        """Notes what fits the pattern, and returns the text with that blanked out."""
        for found in pattern.finditer(rest):
            bounds = [group.replace(".", "") for group in (found.groups() or (found[0],))]
            names.append((found.start(), Naming(bounds[0], bounds[-1], form)))
        return pattern.sub(lambda found: " " * len(found[0]), rest)

    rest = take(RANGE, "category" if whole else "range", text.upper())
    rest = take(CATEGORY, "category", rest)
    take(SINGLE, "code", rest)
    return [naming for _, naming in sorted(names, key=lambda pair: pair[0])]


def derive_predecessors(conversions: pa.Table, episodes: pa.Table) -> pd.DataFrame:
    """One row per pair of a new code and a code before it: system, code, effective_from, previous, form.

    `form` is code, range or category: how the table names the previous code. Ranges and categories are expanded to
    the codes that were billable on the day before. Of 22,000 cells some 450 hold more than one
    code: only those are read in a loop.
    """
    table = conversions.group_by(conversions.column_names).aggregate([])
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    is_one_code = frame["previous"].str.fullmatch(CODE).astype(bool)
    single = frame[is_one_code].assign(
        previous=lambda rows: rows["previous"].str.replace(".", "", regex=False), form="code"
    )
    pairs = pd.concat([single, _read_and_expand(frame[~is_one_code], episodes)])
    text = pd.ArrowDtype(pa.string())
    pairs = pairs.astype({"previous": text, "form": text})
    unique: pd.DataFrame = pairs.drop_duplicates(["system", "code", "effective_from", "previous"])
    return unique.reset_index(drop=True)


def _read_and_expand(frame: pd.DataFrame, episodes: pa.Table) -> pd.DataFrame:
    readings = {text: read_previous(text) for text in frame["previous"].unique()}
    if not any(readings.values()):
        return frame.head(0).assign(form="")
    named = frame.assign(naming=frame["previous"].map(readings)).explode("naming").dropna(subset="naming")
    namings: list[Naming] = list(named["naming"])
    named["form"] = [naming.form for naming in namings]
    named["previous"] = _expand(list(named["system"]), list(named["effective_from"]), namings, episodes)
    return named.explode("previous").dropna(subset="previous").drop(columns="naming")


def _expand(systems: list[str], days: list[date], namings: list[Naming], episodes: pa.Table) -> list[list[str]]:
    """The codes that each naming stands for: itself, or those of a range that were billable the day before."""
    billable = episodes.filter(episodes["billable"])
    code, system = billable["code"].combine_chunks(), np.asarray(billable["system"])
    start, end = as_days(billable["valid_from"]), as_days(billable["valid_to"])

    @cache
    def between(name: str, day: date, first: str, last: str) -> list[str]:
        """The codes of a system between two bounds that were billable on the day before."""
        before = np.datetime64(day) - DAY
        valid = (start <= before) & (np.isnat(end) | (end >= before)) & (system == name)
        return list(code.filter(pa.array(valid & is_within(code, first, last))).to_pylist())

    return [
        [naming.first] if naming.form == "code" else between(name, day, naming.first, naming.last)
        for name, day, naming in zip(systems, days, namings, strict=True)
    ]
