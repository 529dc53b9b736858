"""The tree of ICD-10-CM as `simple-icd-10-cm` reads it from the tabular list."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from tests.oracles.comparison import Comparison, Reason
from tests.oracles.lists import state_columns
from tests.oracles.published import FOREVER, read_published

PACKAGE = "simple-icd-10-cm"
ROOT = "(a category)"


def compare_tree(build: Path) -> Iterator[Comparison]:
    """For every code of the newest edition: the heading above it, whether it may be reported, and its title."""
    import simple_icd_10_cm

    codes = read_published(build, "codes", system="ICD10CM")
    ours = codes[codes["valid_to"] == FOREVER].assign(
        parent_code=lambda rows: rows["parent_code"].astype(object).fillna(ROOT),
        description=lambda rows: rows["description"].astype(object),
        billable=lambda rows: rows["billable"].map({True: "yes", False: "no"}).astype(object),
    )
    theirs = read_tree(simple_icd_10_cm)
    for column, question in (
        ("parent_code", "Which heading stands above each ICD10CM code today?"),
        ("billable", "Which ICD10CM codes have nothing below them, and may be reported?"),
        ("description", "What is the title of each ICD10CM code, headings included?"),
    ):
        facts = ["code", column]
        yield Comparison(
            question=question,
            oracle=PACKAGE,
            table=ours,
            state=lambda rows, facts=facts: state_columns(rows, facts),  # type: ignore[misc]
            theirs=theirs[facts],
            changed=column,
            reasons=wordings(ours, theirs) if column == "description" else (),
        )


def read_tree(package: Any) -> pd.DataFrame:
    """Facts of every category and code: code, parent_code, billable, description."""
    names = [name for name in package.get_all_codes(True) if package.is_category_or_subcategory(name)]
    rows = [
        (
            name.replace(".", ""),
            ROOT if package.is_category(name) else package.get_parent(name).replace(".", ""),
            "yes" if package.is_leaf(name) else "no",
            package.get_description(name),
        )
        for name in names
    ]
    facts = pd.DataFrame(rows, columns=["code", "parent_code", "billable", "description"], dtype=object)
    return facts.drop_duplicates(ignore_index=True)  # a block of one category has its name, and is listed beside it


def wordings(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[Reason, ...]:
    """Where the tabular list and the order file word the same title apart. Both sides have `code` and `description`."""
    both = ours.merge(theirs, on="code", suffixes=("_ours", "_theirs"), validate="one_to_one")
    mine, plain = both["description_ours"].map(bare), both["description_theirs"].map(bare)
    accented = set(both.loc[mine == plain, "code"])
    longer = set(both.loc[[long.startswith(f"{short}/") for short, long in zip(mine, plain, strict=True)], "code"])
    return (
        Reason(
            "the same title: the tabular list writes it with accents, the order file without",
            lambda rows: rows["code"].isin(accented),
        ),
        Reason(
            "the tabular list says twice what the seventh character means; the package joins both with a slash, the "
            "order file has the first",
            lambda rows: rows["code"].isin(longer),
        ),
    )


def bare(text: str) -> str:
    """The text without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
