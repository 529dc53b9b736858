"""CPT where BETOS alone lists it: codes without a text, and codes that are newer than the lists, or of other forms."""

from pathlib import Path

import pytest
from typer.testing import Result

from tests.samples import copy_excerpt, run, write_sums


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of BETOS and the files of HCPCS, without any of a licensee. BETOS has a number of CPT more, which is in
    the category of the earlier life of J9380."""
    project = copy_excerpt(tmp_path_factory.mktemp("closed"), "betos", "hcpcs")
    for path in project.raw.glob("betos/*/betpuf*.txt"):
        path.write_bytes(path.read_bytes().replace(b"99213 M1B", b"96401 O1D        \n99213 M1B"))
    write_sums(project.raw)
    assert project.build().exit_code in (0, 7)
    return project.output


def ask(output: Path, *words: str) -> Result:
    return run(*words, "--output", str(output))


def test_a_code_without_a_text_is_told_by_its_type_of_service_and_where_its_text_is(output: Path) -> None:
    result = ask(output, "lookup", "99213")
    assert "descriptors only from a licensee's files (AMA text" in result.output
    assert "type of service M1B (BETOS): Office visits - established" in result.output
    assert "section 99201-99499 Evaluation and management" in result.output
    assert "from before 2010-01-01 on, known through 2014-12-31" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("words", "says", "exit_code"),
    [
        (("25", "--system", "CPT4", "--on", "2012-01-01"), "not known: no list of CPT4 here has codes of this form", 8),
        (("ZZ", "--system", "HCPCS", "--on", "2016-12-31"), "no list of HCPCS here has modifiers of 2016-12-31", 8),
        (("A1000", "--system", "HCPCS", "--on", "2016-12-31"), "there is no such code in HCPCS", 1),
    ],
)
def test_a_modifier_is_not_known_on_days_of_lists_without_modifiers(
    output: Path, words: tuple[str, ...], says: str, exit_code: int
) -> None:
    result = ask(output, "lookup", *words)
    assert says in result.output
    assert result.exit_code == exit_code


def test_a_code_of_a_younger_list_is_not_called_invalid_before_it(excerpt_build: Path) -> None:
    result = run("lookup", "25", "--system", "CPT4", "--on", "2012-01-01", "--output", str(excerpt_build.parent))
    assert "on 2012-01-01 not known: no list here that has it is older than 2022-01-01" in result.output
    assert result.exit_code == 8


def test_after_the_last_list_nothing_is_said_of_a_code(output: Path) -> None:
    text = ask(output, "lookup", "99213").output
    assert "\n  billable through 2014-12-31 at least on professional claims" in text
    assert "after 2014-12-31: not known whether it can be reported; no newer list of CPT4 is here" in text


def test_a_code_that_ended_has_its_last_day(output: Path) -> None:
    text = ask(output, "lookup", "0003T").output
    assert "until 2006-12-31, since when is not known" in text
    assert "billable through 2006-12-31 on professional claims and hospital outpatient claims; section III" in text


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("0001A", "CPT, Administration of COVID-19 vaccines (A)"),
        ("0001U", "CPT, Proprietary laboratory analyses (PLA)"),
        ("0004M", "CPT, Administrative multianalyte assays with algorithmic analyses (MAAA)"),
        ("0042T", "CPT, Category III: emerging technology (III)"),
        ("4004F", "CPT, Category II: performance measures (II)"),
        ("71045", "CPT category I, Radiology (70010-79999)"),
        ("25", "CPT, Modifiers"),
    ],
)
def test_a_code_in_no_list_is_told_by_its_form(output: Path, code: str, form: str) -> None:
    result = ask(output, "lookup", code, "--system", "CPT4")
    assert "known through 2014-12-31; not listed in this build, by its form " + form in result.output
    assert result.exit_code == 8


def test_a_system_that_goes_on_behind_its_closed_lists_is_not_said_to_be_closed(output: Path) -> None:
    (line,) = [line for line in ask(output, "status").output.splitlines() if line.startswith("CPT4 ")]
    assert line.endswith("2014-12-31     its lists are closed")


def test_on_a_day_of_the_lists_a_code_of_their_forms_is_unknown_and_another_is_not_known(output: Path) -> None:
    assert ask(output, "lookup", "71045", "--system", "CPT4", "--on", "2012-05-01").exit_code == 1
    result = ask(output, "lookup", "0001U", "--system", "CPT4", "--on", "2012-05-01")
    assert "no list of CPT4 here has codes of this form; by its form CPT, Proprietary" in result.output
    assert result.exit_code == 8


def test_beyond_the_lists_nothing_is_said_of_a_code_that_they_have(output: Path) -> None:
    assert ask(output, "lookup", "99213", "--on", "2020-01-01").exit_code == 8


def test_the_earlier_life_of_a_number_has_no_wording_of_the_later(output: Path) -> None:
    result = ask(output, "lookup", "J9380")
    assert "to 2010-12-31" in result.output
    assert "(what it meant then is in no file here)" in result.output
    on_day = ask(output, "lookup", "J9380", "--on", "2010-06-01")
    assert "teclistamab" not in on_day.output
    assert "type of service O1D (BETOS): Chemotherapy" in on_day.output


def test_a_code_whose_wording_is_in_no_file_says_so_and_not_that_a_licence_forbids_it(output: Path) -> None:
    result = ask(output, "lookup", "K0734")
    assert "  what it meant then is in no file here\n  type of service D1D (BETOS): Wheelchairs" in result.output
    assert "licence" not in result.output


def test_the_category_of_an_earlier_life_is_not_that_of_the_later(output: Path) -> None:
    result = ask(output, "translate", "J9380", "--to", "BETOS", "--on", "2024-01-01")
    assert "O1D" not in result.output
    assert "O1D" in ask(output, "translate", "J9380", "--to", "BETOS", "--on", "2010-06-01").output
    without_day = ask(output, "translate", "J9380", "--to", "BETOS")
    assert "newer_than_map: the code is newer than the map" in without_day.output
    assert "O1D" not in without_day.output
    assert without_day.exit_code == 8


def test_a_member_of_a_category_has_the_wording_of_the_days_in_which_it_was_one(output: Path) -> None:
    result = ask(output, "translate", "96401", "--to", "HCPCS")
    assert "    J9380\n" in result.output
    assert "teclistamab" not in result.output


def test_a_code_that_no_succession_leads_on_is_told_with_its_category_in_cpt(output: Path) -> None:
    """HCPCS names a code of CPT for few of its codes: that it names none for G0463 says nothing of it."""
    assert '"successors_hcpcs_cpt4"' in ask(output, "translate", "C9744", "--to", "CPT4", "--format", "csv").output
    result = ask(output, "translate", "G0463", "--to", "CPT4")
    assert "same_category: nobody says what it is in CPT4" in result.output
    assert "    99213\n" in result.output
    assert result.exit_code == 1


def test_a_code_that_no_succession_leads_on_and_no_category_has_is_not_known(output: Path) -> None:
    """J9380 was in a category of CPT codes in its earlier life, and in none in this one."""
    result = ask(output, "translate", "J9380", "--to", "CPT4")
    assert "not_bridged: nobody says what it is there" in result.output
    assert result.exit_code == 8
    assert "96401" in ask(output, "translate", "J9380", "--to", "CPT4", "--on", "2010-06-01").output


RBCS = (
    "HCPCS_Cd,RBCS_Id,RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,"
    "RBCS_Major_Ind,HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,RBCS_Latest_Assignment,RBCS_Analysis_Start_Dt,RBCS_Analysis_End_Dt\n"
    "99213,EO001N,E,Invented visits,EO,Invented office,1,No family,N,01/01/1992,12/31/9999,1,01/01/2014,12/31/9999\n"
    "71045,IX001N,I,Invented imaging,IX,Invented plain,1,No family,N,01/01/2018,,1,01/01/2018,\n"
    "44950,PA001Y,P,Invented,PA,Invented,1,No family,Y,01/01/1984,12/31/2023,1,01/01/2014,12/31/2023\n"
)


@pytest.fixture(scope="module")
def with_rbcs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of BETOS, RBCS (rows invented) and the files of HCPCS, with a release of the same day."""
    project = copy_excerpt(tmp_path_factory.mktemp("rbcs"), "betos", "hcpcs")
    path = project.raw / "rbcs" / "2025-01-01" / "rbcs_taxonomy_2025.csv"
    path.parent.mkdir(parents=True)
    path.write_text(RBCS, "ascii")
    write_sums(project.raw)
    assert project.build().exit_code in (0, 7)
    return project.output


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("99213", "from 1992-01-01 on, known through 2025-12-31"),
        ("71045", "from 2018-01-01 on, known through 2025-12-31"),
        ("44950", "from 1984-01-01 to 2023-12-31"),
        ("0003T", "until 2006-12-31, since when is not known"),
        ("44970", "from before 2010-01-01 to some day from 2014-01-01 to 2024-12-31"),
    ],
)
def test_with_rbcs_cpt_has_days_and_is_known_as_far_as_that_reaches(with_rbcs: Path, code: str, days: str) -> None:
    """44970 is left out of the invented rows: what the newer list lacks ended by then."""
    assert days in ask(with_rbcs, "lookup", code, "--system", "CPT4").output


def test_with_rbcs_a_code_has_both_types_of_service(with_rbcs: Path) -> None:
    result = ask(with_rbcs, "lookup", "99213").output
    assert "type of service M1B (BETOS): Office visits - established" in result
    assert "type of service EO001N (RBCS): Invented visits - Invented office - No family" in result
