"""The tables of the build that is compared, and the data files of an installed package."""

from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

FOREVER = date(9999, 12, 31)


def read_published(build: Path, table: str, **filters: str) -> pd.DataFrame:
    """The rows of a published table whose columns have the values named; an open last day is FOREVER."""
    where = [(column, "==", value) for column, value in filters.items()]
    frame = pd.read_parquet(build / "parquet" / f"{table}.parquet", filters=where or None).reset_index(drop=True)
    if "valid_to" in frame:
        frame["valid_to"] = frame["valid_to"].fillna(FOREVER)
    return frame


def read_history(build: Path, system: str, days: tuple[date, ...]) -> pd.DataFrame:
    """The episodes of a system that hold on one of the days."""
    history = read_published(build, "code_history", system=system)
    holds = pd.concat([holds_on(history, day) for day in days], axis=1).any(axis=1)
    return history[holds].reset_index(drop=True)


def holds_on(episodes: pd.DataFrame, day: date) -> pd.Series:
    """Whether each episode holds on the day."""
    return (episodes["valid_from"] <= day) & (episodes["valid_to"] >= day)


def package_file(package: str, path: str) -> Path:
    """A data file of an installed package, by the name it has at the package index."""
    return Path(str(distribution(package).locate_file(path)))


def days_of_use(build: Path, system: str) -> pd.DataFrame:
    """The first and the last day (FOREVER where it still is) on which each code of a system could be reported."""
    history = read_published(build, "code_history", system=system)
    return history[history["billable"]].groupby("code").agg(first=("valid_from", "min"), last=("valid_to", "max"))
