"""Whole builds of parts of the excerpt: what ends up in the tables."""

from pathlib import Path

import pandas as pd
import pytest

from tests.samples import EXCERPT, ORDER_LINES, Project, copy_excerpt, make_project, order_line, run, text_of


def codes_of(project: Project, system: str) -> pd.DataFrame:
    codes = pd.read_parquet(project.output / "latest" / "parquet" / "codes.parquet")
    return codes[codes["system"] == system].set_index("code")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A build of the sources whose sections are looked at here."""
    folder = tmp_path_factory.mktemp("build")
    project = copy_excerpt(folder, "cpt", "icd10cm", "icd10cm_tabular", "icd10_mortality", "hcpcs")
    result = project.build()
    assert result.exit_code == 0, result.output
    return project


def test_what_was_done_is_said_stage_by_stage(project: Project) -> None:
    lines = project.build().output.splitlines()
    assert lines[0] == f"raw        {project.raw}: asked for"
    stages = [line.split()[0] for line in lines]
    wanted = ["catalogue", "ingest", "normalise", "history", "validate", "export", "published", "next"]
    assert [stage for stage in stages if stage in wanted] == wanted


def test_headings_and_their_children(project: Project) -> None:
    codes = codes_of(project, "ICD10CM")
    child = codes.loc["C4A0"]
    assert (child["parent_code"], child["level"], child["code_dotted"]) == ("C4A", 2, "C4A.0")
    valid = codes[codes["valid_to"].isna()]
    assert set(valid.index[~valid["billable"]]) == set(valid["parent_code"].dropna())


def test_section_of_an_icd_10_cm_code_is_the_narrowest(project: Project) -> None:
    codes = codes_of(project, "ICD10CM")
    assert codes.loc["E08", ["section", "section_title"]].tolist() == ["E08-E13", "Diabetes mellitus"]


def test_section_of_a_category_whose_third_character_is_a_letter(project: Project) -> None:
    assert codes_of(project, "ICD10CM").loc["C4A", "section"] == "C43-C44"


@pytest.mark.parametrize(
    ("code", "section"),
    [("99213", "99201-99499"), ("1000F", "II"), ("0075T", "III"), ("0202U", "PLA"), ("0004M", "MAAA")],
)
def test_section_of_a_cpt_code(project: Project, code: str, section: str) -> None:
    assert codes_of(project, "CPT4").loc[code, "section"] == section


def test_section_of_a_modifier(project: Project) -> None:
    assert codes_of(project, "CPT4").loc["25", "section"] == "modifiers"
    assert codes_of(project, "HCPCS").loc["A1", "section"] == "modifiers"


def test_licensed_text_is_absent_and_the_licence_says_why(project: Project) -> None:
    for system, owner in (("CPT4", "AMA"), ("ICD10", "WHO")):
        codes = codes_of(project, system)
        assert len(codes) > 20
        assert codes[["short_description", "description"]].isna().all().all()
        assert (
            codes["licence"].str.contains(f"descriptors only from a licensee's files ({owner} text", regex=False).all()
        )
    assert codes_of(project, "HCPCS")["description"].notna().all()


def test_licensed_text_is_nowhere_in_the_files_of_a_build(project: Project) -> None:
    lines = (project.raw / "cpt" / "2026-01-01" / "SHORTU.txt").read_text("ascii").splitlines()[5:]
    titles = [line[6:].strip() for line in lines]
    published = b"".join(path.read_bytes() for path in (project.output / "latest").rglob("*") if path.is_file())
    assert len(titles) > 10
    assert [title for title in titles if title.encode() in published] == []


def test_licensee_keeps_the_text(project: Project, tmp_path: Path) -> None:
    licensee = Project(project.raw, project.catalogue, tmp_path / "output")
    assert licensee.build("--with-licensed-text").exit_code == 0
    for system in ("CPT4", "ICD10"):
        codes = codes_of(licensee, system)
        assert codes["description"].notna().any()
        assert not codes["licence"].str.contains("left out").any()
    names = [(each.output / "latest").readlink().name for each in (project, licensee)]
    assert names[0] != names[1]


def test_code_that_the_next_release_does_not_list_ends_the_day_before(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    entry = '\n[[release]]\nrelease = "2024-10-01"\nlabel = "FY2025"\nfile = "order.zip"\n'
    with (project.catalogue / "icd10cm.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    path = project.raw / "icd10cm" / "2024-10-01" / "order.zip"
    path.parent.mkdir(parents=True)
    project.write_order(text_of([*ORDER_LINES, order_line(7, "U999", 1, "Gone")])).rename(path)
    project.write_order(text_of(ORDER_LINES))
    assert project.build().exit_code == 0
    gone = codes_of(project, "ICD10CM").loc["U999"]
    assert (str(gone["valid_from"]), str(gone["valid_to"])) == ("2024-10-01", "2025-09-30")
    assert pd.isna(codes_of(project, "ICD10CM").loc["U071", "valid_to"])


def test_tabular_list_alone_is_no_traceback(project: Project) -> None:
    result = run("validate", "icd10cm_tabular", "--raw", str(project.raw))
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("source", sorted(path.name for path in EXCERPT.iterdir() if path.is_dir()))
def test_every_source_can_be_checked_alone(source: str) -> None:
    """One that lists no codes is wrong usage; none ends in a traceback."""
    result = run("validate", source, "--raw", str(EXCERPT))
    assert result.exit_code in {0, 2}, result.output
    assert "Traceback" not in result.output
