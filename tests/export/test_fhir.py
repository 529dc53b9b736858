"""FHIR files: what stands in them, against the tables. tests/export/test_fhir_package.py asks others' models."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.export.fhir import write_fhir
from pipeline.export.fhir.code_systems import content_of
from pipeline.export.fhir.concept_maps import PREDICATE_WORDS, RELATIONS_TOLD
from pipeline.export.fhir.resources import canonical_of, computable_name, fhir_id
from pipeline.normalise.hierarchy import dotted
from pipeline.normalise.systems import read_systems
from schemas import TABLES
from schemas.mappings import PREDICATES
from tests.samples import EXCERPT, run

Resource = dict[str, Any]
EQUIVALENCES = {"equivalent", "inexact", "wider", "narrower", "relatedto", "unmatched"}
MAPS = ("gem_icd9cm_icd10cm", "gem_icd10cm_icd9cm", "gem_icd9proc_icd10pcs", "conversion_icd10cm", "icd10cm_forward",
        "icd10cm_backward", "icd9cm_icd10cm_current", "reimbursement_icd10cm_icd9cm", "successors_hcpcs")  # fmt: skip


def tables_of(build: Path) -> dict[str, pa.Table]:
    return {name: pq.read_table(build / "parquet" / f"{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def tables(excerpt_build: Path) -> dict[str, pa.Table]:
    return tables_of(excerpt_build)


@pytest.fixture(scope="module")
def fhir(tables: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the excerpt as if it were whole."""
    folder = tmp_path_factory.mktemp("fhir") / "fhir"
    write_fhir(tables, folder, is_of_samples=False)
    return folder


def resources(folder: Path, name: str) -> list[Resource]:
    return [json.loads(line) for line in (folder / f"{name}.ndjson").read_text("utf-8").splitlines()]


def concepts(within: Resource, above: str | None = None) -> Iterator[tuple[Resource, str | None]]:
    """Every concept below a resource or concept, with the code that it is nested in."""
    for each in within.get("concept", ()):
        yield each, above
        yield from concepts(each, each["code"])


def properties(concept: Resource) -> dict[str, Any]:
    return {each["code"]: next(each[key] for key in each if key != "code") for each in concept["property"]}


def systems_by_address() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, each in read_systems().items():
        found.setdefault(canonical_of(each), []).append(name)
    return found


def code_system_of(folder: Path, system: str) -> Resource:
    (found,) = resources(folder, f"codesystem_{read_systems()[system].bioregistry_prefix}")
    return found


def elements_of(folder: Path, release: str, crosswalk: str) -> list[Resource]:
    parts = resources(folder, f"conceptmap_{release}_{crosswalk}")
    return [element for part in parts for group in part["group"] for element in group["element"]]


def test_every_address_has_one_code_system_and_of_whole_listings_it_is_complete(fhir: Path, tables) -> None:
    found = [resources(fhir, path.stem) for path in sorted(fhir.glob("codesystem_*"))]
    assert {each["url"]: len(lines) for lines in found for each in lines} == dict.fromkeys(systems_by_address(), 1)
    contents = {each["id"]: each["content"] for (each,) in found}
    assert contents == {
        "cpt": "not-present", "hcpcs": "complete", "icd10": "fragment", "icd10cm": "complete", "icd10pcs": "complete",
        "icd9": "fragment", "icd9cm": "complete", "ndc": "not-present",
    }  # fmt: skip


def test_a_system_is_complete_only_where_all_is_here_and_free() -> None:
    systems = read_systems()
    both, listed = [systems["ICD9CM"], systems["ICD9Proc"]], {"ICD9CM", "ICD9Proc", "CPT4", "ICD10"}
    assert content_of(both, listed, is_of_samples=False) == "complete"
    assert content_of(both, listed, is_of_samples=True) == "fragment"
    assert content_of(both, {"ICD9CM"}, is_of_samples=False) == "fragment"
    assert content_of(both, {"ICD10CM"}, is_of_samples=False) == "not-present"
    assert content_of([systems["ICD10"]], listed, is_of_samples=False) == "fragment"
    assert content_of([systems["CPT4"]], listed, is_of_samples=False) == "not-present"


@pytest.mark.parametrize("system", ["ICD9CM", "ICD10CM", "ICD10PCS", "HCPCS", "ICD10"])
def test_the_concepts_are_the_rows_of_codes_nested_below_their_parents(fhir: Path, tables, system: str) -> None:
    resource = code_system_of(fhir, system)
    own = systems_by_address()[resource["url"]]
    rows = {row["code_dotted"]: row for row in tables["codes"].to_pylist() if row["system"] in own}
    dots = {(row["system"], row["code"]): row["code_dotted"] for row in tables["codes"].to_pylist()}
    found = {concept["code"]: (concept, above) for concept, above in concepts(resource)}
    assert len(rows) == resource["count"] == sum(1 for _ in concepts(resource))
    assert found.keys() == rows.keys()
    known_through = {row["system"]: row["known_through"] for row in tables["systems"].to_pylist()}
    for code, (concept, above) in found.items():
        row, told = rows[code], properties(concept)
        assert above == told.get("parent") == dots.get((row["system"], row["parent_code"]))
        has_ended = row["valid_to"] is not None and row["valid_to"] < known_through[row["system"]]
        assert (told["status"], told.get("inactive")) == (("retired", True) if has_ended else ("active", None))
        is_bound = row["valid_from_basis"] == "left_censored"
        assert told["listedFrom" if is_bound else "effectiveDate"] == row["valid_from"].isoformat()
        assert ("effectiveDate" in told) != is_bound
        assert (told["billable"], told.get("notSelectable")) == (row["billable"], None if row["billable"] else True)
        assert told["kind"] == row["kind"]
        title = row["description"] or row["short_description"]
        assert concept.get("display") == (None if read_systems()[row["system"]].licensed_text else title)
    assert {each["code"] for each in resource["property"]} >= {
        name for each, _ in found.values() for name in properties(each)
    }


def test_the_day_after_the_last_one_is_that_of_retirement(fhir: Path) -> None:
    found = {concept["code"]: properties(concept) for concept, _ in concepts(code_system_of(fhir, "ICD9CM"))}
    assert found["250.00"]["retirementDate"] == "2015-10-01"
    assert found["250.00"]["status"] == "active", "it stands in the last edition of a closed system"


def test_text_of_the_ama_and_the_who_is_left_out_though_a_licensee_has_it(tables, tmp_path: Path) -> None:
    codes = tables["codes"]
    text = pa.array(["secret"] * len(codes))
    for name in ("short_description", "description"):
        codes = codes.set_column(codes.column_names.index(name), codes.field(name), text)
    write_fhir({**tables, "codes": codes}, tmp_path / "fhir", is_of_samples=False)
    for system in ("CPT4", "ICD10", "ICD9"):
        assert "secret" not in json.dumps(code_system_of(tmp_path / "fhir", system))
    assert "secret" in json.dumps(code_system_of(tmp_path / "fhir", "ICD10CM"))


def test_every_crosswalk_of_these_relations_has_a_map_for_each_release_and_no_other(fhir: Path, tables) -> None:
    told = {row["crosswalk"] for row in tables["crosswalks"].to_pylist() if row["relation"] in RELATIONS_TOLD}
    found = {path.stem for path in fhir.glob("conceptmap_*")}
    assert found == {f"conceptmap_{release}_{name}" for release in ("r4", "r5") for name in told}
    assert {*MAPS} <= told


@pytest.mark.parametrize("crosswalk", MAPS)
def test_the_targets_of_a_map_are_the_rows_of_the_table(fhir: Path, tables, crosswalk: str) -> None:
    """Each row with its place in a set; no_map is unmatched in R4 and noMap in R5, where there is no target at all."""
    rows = tables["mappings"].filter(pa.compute.equal(tables["mappings"]["crosswalk"], crosswalk))
    systems = read_systems()
    dots = [
        dotted(rows[f"{side}_code"].combine_chunks(), systems[rows[f"{side}_system"][0].as_py()]).to_pylist()
        for side in ("source", "target")
    ]
    wanted = list(zip(*dots, rows["scenario"].to_pylist(), rows["choice_list"].to_pylist(), strict=True))
    words = {name: {"r4": equivalence, "r5": relationship} for name, equivalence, relationship, _ in PREDICATE_WORDS}
    for release, word in (("r4", "equivalence"), ("r5", "relationship")):
        elements = elements_of(fhir, release, crosswalk)
        assert Counter(each["code"] for each in elements) == Counter({*dots[0]})
        found = [
            (each["code"], target["code"], *places_in_set(target), target[word])
            for each in elements
            for target in each.get("target", ())
            if "code" in target
        ]
        predicates = rows["predicate"].to_pylist()
        told = [(*row, words[name][release]) for row, name in zip(wanted, predicates, strict=True) if name]
        assert Counter(found) == Counter(told)
    nothing = {source for source, no_map in zip(dots[0], rows["no_map"].to_pylist(), strict=True) if no_map}
    mapped = {row[0] for row in wanted if row[1] is not None}
    r4, r5 = (elements_of(fhir, release, crosswalk) for release in ("r4", "r5"))
    unmatched = {each["code"] for each in r4 if "unmatched" in {one["equivalence"] for one in each.get("target", ())}}
    assert unmatched == nothing
    assert {each["code"] for each in r5 if each.get("noMap")} == nothing - mapped


def places_in_set(target: Resource) -> tuple[int, int]:
    found = {
        (each.get("property") or each["attribute"]).rpartition(":")[2]: each.get("value") or each["valueString"]
        for each in target.get("product", ())
    }
    return int(found.get("scenario", 0)), int(found.get("choice-list", 0))


def test_what_stands_together_and_what_we_derived_says_so(fhir: Path) -> None:
    (element,) = [each for each in elements_of(fhir, "r4", "gem_icd9cm_icd10cm") if each["code"] == "249.51"]
    (target,) = [each for each in element["target"] if each["code"] == "E08.65"]
    assert places_in_set(target) == (1, 2)
    assert "only together with" in target["comment"]
    carried = [
        target["comment"]
        for element in elements_of(fhir, "r5", "icd9cm_icd10cm_current")
        for target in element.get("target", ())
        if target["code"] == "E11.A"
    ]
    assert carried
    assert all("derived: " in each for each in carried)


def test_year_to_year_a_target_has_its_days(fhir: Path, tables) -> None:
    rows = [
        row for row in tables["mappings"].to_pylist() if row["crosswalk"] == "icd10cm_forward" and row["target_code"]
    ]
    days = Counter(f"{row['target_valid_from'] or '..'}/{row['target_valid_to'] or '..'}" for row in rows)
    found = [
        {each["attribute"]: each["valueString"] for each in target["dependsOn"]}["target-day"]
        for element in elements_of(fhir, "r5", "icd10cm_forward")
        for target in element.get("target", ())
    ]
    assert Counter(found) == days
    others = elements_of(fhir, "r5", "gem_icd9cm_icd10cm")
    assert not any("dependsOn" in target for element in others for target in element.get("target", ()))


def without_concept(folder: Path, release: str) -> set[tuple[str, str]]:
    """The targets of maps that are no concept of their code system, where that lists any: each with its map."""
    of_systems = {
        resource["url"]: {concept["code"] for concept, _ in concepts(resource)}
        for path in folder.glob("codesystem_*")
        for resource in resources(folder, path.stem)
        if resource["content"] != "not-present"
    }
    return {
        (path.stem.removeprefix(f"conceptmap_{release}_"), target["code"])
        for path in folder.glob(f"conceptmap_{release}_*")
        for part in resources(folder, path.stem)
        for group in part["group"]
        for element in group["element"]
        for target in element.get("target", ())
        if "code" in target and target["code"] not in of_systems.get(group["target"], {target["code"]})
    }


def declared_unlisted(tables: dict[str, pa.Table]) -> set[str]:
    """The codes that published maps name and no listing here has, without their dots."""
    rows = [row for row in tables["crosswalk_exceptions"].to_pylist() if row["exception"].startswith("unlisted")]
    return {row[f"{side}_code"] for row in rows for side in ("source", "target") if row[f"{side}_code"]}


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_a_target_without_a_concept_is_one_that_the_tables_declare_unlisted(fhir: Path, tables, release: str) -> None:
    """The excerpt has rows of maps whose targets are not among its codes."""
    found = {code.replace(".", "") for _, code in without_concept(fhir, release)}
    assert found
    assert found <= declared_unlisted(tables)


def test_invariants_of_the_standard_hold(fhir: Path) -> None:
    """R4: cmd-1 to cmd-3; R5: cmd-1, cmd-3, cmd-4, cmd-7, cmd-10; of both that names can be computed with."""
    for path in sorted(fhir.iterdir()):
        release = path.stem.split("_")[1]
        for each in resources(fhir, path.stem):
            assert each["name"][0].isupper()
            assert each["name"].isalnum()
            assert len(each["id"]) <= 64
            assert not {"|", "#", " "} & {*each["url"]}
            for group in each.get("group", ()):
                other = {"r4": "url", "r5": "otherMap"}[release]
                assert "unmapped" not in group or (group["unmapped"]["mode"], other in group["unmapped"]) == (
                    "other-map",
                    True,
                )
                for element in group["element"]:
                    assert not (element.get("noMap") and "target" in element)
                    for target in element.get("target", ()):
                        needs_reason = {"narrower", "inexact", "unmatched", "source-is-broader-than-target"}
                        word = target.get("equivalence") or target["relationship"]
                        assert word not in needs_reason or target["comment"]
                        assert "code" in target or word == "unmatched"
                        assert release == "r5" or word in EQUIVALENCES


def test_addresses_and_ids_are_unique(fhir: Path) -> None:
    for release in ("r4", "r5"):
        other = {"r4": "r5", "r5": "r4"}[release]
        found = [
            each for path in fhir.iterdir() if f"_{other}_" not in path.stem for each in resources(fhir, path.stem)
        ]
        for member in ("url", "id"):
            counts = Counter((each["resourceType"], each[member]) for each in found)
            assert {key: count for key, count in counts.items() if count > 1} == {}


def test_a_large_map_is_a_chain_of_parts(tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.export.fhir.concept_maps.ROWS_OF_PART", 30)
    write_fhir(tables, tmp_path / "fhir", is_of_samples=True)
    whole = pa.compute.sum(pa.compute.equal(tables["mappings"]["crosswalk"], "gem_icd9cm_icd10cm")).as_py()
    for release, member in (("r4", "url"), ("r5", "otherMap")):
        parts = resources(tmp_path / "fhir", f"conceptmap_{release}_gem_icd9cm_icd10cm")
        assert len(parts) > 2
        assert parts[0]["url"] == "urn:crosswalk:gem_icd9cm_icd10cm"
        nexts = [part["group"][0].get("unmapped", {}).get(member) for part in parts]
        assert nexts == [*(part["url"] for part in parts[1:]), None]
        codes = [element["code"] for part in parts for element in part["group"][0]["element"]]
        assert len({*codes}) == len(codes)
    rows = sum(len(each.get("target", [1])) for part in parts for each in part["group"][0]["element"])
    assert rows == whole


def test_code_lists_are_value_sets_with_the_codes_of_this_build(fhir: Path, excerpt_build: Path) -> None:
    found = {each["title"].partition(" (")[0]: each for each in resources(fhir, "valueset_charlson_quan2005")}
    assert len(found) == 17
    uncomplicated = next(each for name, each in found.items() if name.startswith("Diabetes without"))
    codes = {one["system"]: [each["code"] for each in one["concept"]] for one in uncomplicated["compose"]["include"]}
    assert "E11.9" in codes["http://hl7.org/fhir/sid/icd-10-cm"]
    assert "250.00" in codes["http://hl7.org/fhir/sid/icd-9-cm"]
    answer = run(
        "codelist", "expand", "lists/charlson_quan2005.csv", "--output", str(excerpt_build.parent), "--format", "csv"
    )
    expanded = {(row["concept"], row["code_dotted"]) for row in csv.DictReader(answer.stdout.splitlines())}
    includes = [(name, one) for name, each in found.items() for one in each.get("compose", {}).get("include", ())]
    assert {(name, each["code"]) for name, one in includes for each in one["concept"]} == expanded


def test_the_same_tables_give_the_same_bytes(fhir: Path, tables, tmp_path: Path) -> None:
    write_fhir(tables, tmp_path / "fhir", is_of_samples=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "fhir").iterdir()} == {
        path.name: path.read_bytes() for path in fhir.iterdir()
    }


def test_every_predicate_has_words_in_both_releases() -> None:
    assert sorted(name for name, *_ in PREDICATE_WORDS) == sorted(PREDICATES)


def test_ids_and_names_keep_to_what_the_standard_allows() -> None:
    assert fhir_id("charlson_quan2005", "AIDS/HIV, or so") == "charlson-quan2005-aids-hiv-or-so"
    assert len(fhir_id("a" * 70)) == 64
    assert computable_name("gem_icd9cm_icd10cm", "part-2") == "GemIcd9cmIcd10cmPart2"


def test_a_build_has_no_fhir_and_an_export_that_names_it_has_nothing_else(excerpt_build: Path, tmp_path: Path) -> None:
    assert not (excerpt_build / "fhir").exists()
    assert run("export", str(tmp_path / "own"), "--raw", str(EXCERPT), "--format", "fhir").exit_code == 0
    assert {path.name for path in (tmp_path / "own").iterdir()} == {"datapackage.json", "fhir"}
    package = json.loads((tmp_path / "own" / "datapackage.json").read_text("utf-8"))
    paths = {each["path"] for each in package["resources"]}
    assert paths == {f"fhir/{path.name}" for path in (tmp_path / "own" / "fhir").iterdir()}
    assert code_system_of(tmp_path / "own" / "fhir", "ICD10CM")["content"] == "fragment", "the excerpt is of samples"


def test_an_export_of_the_published_build_is_that_of_its_raw_files(excerpt_build: Path, tmp_path: Path) -> None:
    for name, of in (("raw", ["--raw", str(EXCERPT)]), ("published", ["--output", str(excerpt_build.parent)])):
        assert run("export", str(tmp_path / name), *of, "--format", "fhir").exit_code == 0
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "fhir").iterdir()} for name in ("raw", "published")
    ]
    assert len(files[0]) > 20
    assert files[0] == files[1]
    raw, published = (
        json.loads((tmp_path / name / "datapackage.json").read_text("utf-8")) for name in ("raw", "published")
    )
    assert published["id"] == excerpt_build.resolve().name
    own = {name: published[name] for name in ("id", "citation")}
    assert published == {**raw, **own}, "the same sources, licences and hashes"


def test_a_format_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    answer = run("export", str(tmp_path / "own"), "--raw", str(EXCERPT), "--format", "fire")
    assert answer.exit_code == 2
    assert "--format fire: there is no such format" in answer.output
    assert "fhir" in answer.output
    assert not (tmp_path / "own").exists()


@pytest.mark.official
def test_of_all_official_files_every_code_and_every_row_is_told(official_build: Path, tmp_path: Path) -> None:
    tables = tables_of(official_build)
    write_fhir(tables, tmp_path / "fhir", is_of_samples=False)
    counts = Counter(tables["codes"]["system"].to_pylist())
    for system in ("ICD10CM", "ICD10PCS", "HCPCS"):
        resource = code_system_of(tmp_path / "fhir", system)
        codes = [concept["code"] for concept, _ in concepts(resource)]
        assert resource["content"] == "complete"
        assert len({*codes}) == len(codes) == resource["count"] == counts[system]
    targets = Counter(
        tables["mappings"].filter(pa.compute.is_valid(tables["mappings"]["target_code"]))["crosswalk"].to_pylist()
    )
    for crosswalk in (
        "gem_icd9proc_icd10pcs",
        "icd10pcs_icd9proc_current",
        "icd9cm_icd10cm_current",
        "icd10cm_backward",
    ):
        parts = resources(tmp_path / "fhir", f"conceptmap_r5_{crosswalk}")
        found = sum(len(each.get("target", ())) for part in parts for each in part["group"][0]["element"])
        assert found == targets[crosswalk]
    found = {code.replace(".", "") for _, code in without_concept(tmp_path / "fhir", "r5")}
    assert found <= declared_unlisted(tables)
    longest = max(len(line) for path in (tmp_path / "fhir").glob("[cv]*_*") if not path.stem.startswith("codesystem")
                  for line in path.read_bytes().splitlines())  # fmt: skip
    assert longest < 8_000_000
