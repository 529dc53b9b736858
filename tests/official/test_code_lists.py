"""Code lists on the full tables: published lists and their known faults, and the order of the publishers' files."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.ask.build import Build, open_build
from pipeline.ask.codelist.check import check_list
from pipeline.ask.codelist.code_list import CodeList
from pipeline.ask.codelist.expand import ListDays, expand
from pipeline.ask.codelist.list_findings import ListFinding
from pipeline.ask.codelist.list_systems import resolve_list
from pipeline.ask.codelist.list_text import read_list
from pipeline.ask.codelist.mend import mend_list
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.code_order import place_in_order
from tests.official.conftest import member_of

BENCH = PROJECT.parent / "shared" / "bench" / "codelists"
DAYS = {"ICD9CM": date(2015, 9, 30), "ICD10CM": date(2025, 11, 15)}
pytestmark = pytest.mark.official
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason=f"NO BENCHMARK OF CODE LISTS in {BENCH}")


@pytest.fixture(scope="module")
def official(official_build: Path) -> Iterator[Build]:
    """The build of the full files, open."""
    with open_build(official_build) as build:
        yield build


def codes_by_concept(build: Build, codelist: CodeList, system: str) -> dict[str, set[str]]:
    """The codes of each concept in one system that could be reported on its day of comparison."""
    own = resolve_list(build, codelist.with_entries(each for each in codelist.entries if each.system == system))
    found = defaultdict(set)
    for record in expand(build, own, ListDays(DAYS[system], DAYS[system])).records:
        found[record[0]].add(record[2])
    return dict(found)


@needs_bench
@pytest.mark.parametrize(("system", "pairs"), [("ICD9CM", 2056), ("ICD10CM", 3325)])
def test_the_lists_of_2019_have_as_many_codes_as_their_authors_count(official: Build, system: str, pairs: int) -> None:
    text = gzip.decompress((BENCH / "dev" / "charlson_cdmf2019.csv.gz").read_bytes()).decode()
    assert sum(map(len, codes_by_concept(official, read_list(text), system).values())) == pairs


@needs_bench
@pytest.mark.parametrize("system", DAYS)
@pytest.mark.parametrize("name", ["charlson_quan2005", "elixhauser_quan2005"])
def test_lists_that_ship_have_the_codes_of_an_independent_transcription(
    official: Build, name: str, system: str
) -> None:
    text = gzip.decompress((BENCH / "dev" / f"{name}.csv.gz").read_bytes()).decode()
    theirs = codes_by_concept(official, read_list(text), system)
    shipped = (PROJECT / "lists" / f"{name}.csv").read_text(encoding="utf-8")
    ours = codes_by_concept(official, read_list(shipped), system)
    assert sorted(map(sorted, ours.values())) == sorted(map(sorted, theirs.values()))


def findings_of(build: Build, name: str) -> list[ListFinding]:
    """What is found in one of the lists that were published with faults."""
    written = read_list((BENCH / "checks" / f"{name}.csv").read_text(encoding="utf-8"))
    return check_list(build, written, resolve_list(build, written))


def faults_of(name: str) -> dict[tuple[str, str], str]:
    """What should be found in it: by concept and entry the code that was meant."""
    with (BENCH / "checks" / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["list"] == name]
    return {(row["concept"], row["entry"]): row["meant_or_last_day"] for row in rows}


def meant(findings: list[ListFinding], kind: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of the findings of a kind, by concept and entry, the codes that may have been meant."""
    own = [(each.entry, each.meant) for each in findings if each.finding == kind and each.entry]
    return {(entry.concept, entry.text): tuple(code.replace(".", "") for code in codes) for entry, codes in own}


@needs_bench
def test_every_padded_code_of_a_published_list_is_found_with_the_code_meant_and_nothing_else(official: Build) -> None:
    name = "ccw_icd9_as_published"
    findings, faults = findings_of(official, name), faults_of(name)
    assert len(faults) == 219
    assert meant(findings, "padded_zeros") == {key: (code,) for key, code in faults.items()}
    assert {each.finding for each in findings} == {"padded_zeros"}
    assert all(each.is_sure for each in findings)


@needs_bench
def test_zeros_that_a_published_list_lost_are_told_by_the_whole_list(official: Build) -> None:
    name = "pmca_icd9_nodecimal"
    findings, faults = findings_of(official, name), faults_of(name)
    assert findings[0].finding == "lost_zeros_in_list"
    errors, suspects = meant(findings, "lost_zeros"), meant(findings, "may_have_lost_zeros")
    assert len(errors) == 246
    assert errors.keys() <= faults.keys()
    assert all(faults[key] in codes for key, codes in errors.items())
    assert len(suspects.keys() & faults.keys()) >= 280  # of 310 that read as another code
    assert len(suspects.keys() - faults.keys()) <= 3


@needs_bench
def test_nothing_that_may_be_read_in_two_ways_is_mended(official: Build) -> None:
    """10 is 010 or 001.0; 1400, which is 140.0 and 014.00, stays in any case."""
    written = read_list((BENCH / "checks" / "pmca_icd9_nodecimal.csv").read_text(encoding="utf-8"))
    resolved, faults = resolve_list(official, written), faults_of("pmca_icd9_nodecimal")
    changes = mend_list(resolved, check_list(official, written, resolved)).changes
    zeros = {(each.concept, each.text): text for each, text, finding in changes if finding.finding == "lost_zeros"}
    assert len(zeros) == 241
    assert all(text.replace(".", "") == faults[key] for key, text in zeros.items())
    assert {finding.finding for _, _, finding in changes} == {"lost_zeros", "duplicate"}


def test_letters_stand_where_the_order_files_have_them(official_raw: Path) -> None:
    """All but U07, which comes behind Z99 in the files, and V02 and V06 of 2020, where new codes came before older."""
    in_use = [each for each in survey_raw(official_raw, read_catalogue()).in_use() if each.source.source == "icd10cm"]
    assert len(in_use) > 10
    for release in in_use:
        lines = member_of(release, "order").raw.decode("latin-1").splitlines()
        codes = [
            code for code in (line[6:14].strip() for line in lines) if re.fullmatch(r"[A-Z]\d[0-9A-Z]+|QA0\w*", code)
        ]
        wrong = [
            (one, other)
            for one, other in pairwise(codes)
            if place_in_order("ICD10CM", one) > place_in_order("ICD10CM", other)
        ]
        assert {other[:3] for _, other in wrong} <= {"U07", "V02", "V06"}, (release.release.release, wrong)
