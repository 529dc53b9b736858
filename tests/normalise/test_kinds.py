"""What kind of thing a code of HCPCS or CPT stands for, by examples."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.normalise.kinds import RowNumbers, cpt_kinds, fitting_rows, hcpcs_kinds
from pipeline.normalise.ranges import read_rules, rows_within
from schemas.codes import CODE_KINDS
from tests.conftest import ReadTable


@pytest.mark.parametrize(
    ("code", "betos", "kind"),
    [
        ("A0428", "O1A", "transport"),
        ("A4253", "D1E", "supply"),
        ("A9500", "I1E", "drug"),
        ("B4034", "O1C", "supply"),
        ("C1713", "D1A", "device"),
        ("C9399", "O1E", "drug"),
        ("E0100", "D1A", "equipment"),
        ("G0103", "T1H", "test"),
        ("G8427", "M5D", "performance_measure"),
        ("G8427", "M1B", "service"),
        ("G0438", "M1A", "service"),
        ("H0001", "Z2", "service"),
        ("J1440", "O1E", "drug"),
        ("K0001", "D1C", "equipment"),
        ("L0120", "D1F", "device"),
        ("M1003", "Z2", "performance_measure"),
        ("P9010", "O1B", "blood_product"),
        ("P9604", "O1A", "transport"),
        ("P3000", "T1H", "test"),
        ("Q4001", "D1F", "supply"),
        ("R0070", "O1A", "transport"),
        ("S0012", "O1E", "drug"),
        ("U0001", "T1H", "test"),
        ("V2020", "D1A", "device"),
        ("V5008", "Y1", "service"),
    ],
)
def test_kind_of_a_hcpcs_code_by_its_number_and_betos(code: str, betos: str, kind: str) -> None:
    assert hcpcs_kinds(pa.array([code]), pa.array([betos]), pa.array([""])).to_pylist() == [kind]


# the BETOS are the official ones: most of them say something else than the title
@pytest.mark.parametrize(
    ("code", "betos", "title", "kind"),
    [
        ("A0382", "O1A", "Bls routine disposable supplies", "supply"),
        ("A4264", "Z2", "Permanent implantable contraceptive intratubal occlusion device(s)", "device"),
        ("A4602", "D1E", "Replacement battery for external infusion pump owned by patient, lithium", "supply"),
        ("A4670", "P9B", "Automatic blood pressure monitor", "equipment"),
        ("A4736", "P9B", "Topical anesthetic, for dialysis, per gram", "drug"),
        ("A4870", "P9B", "Plumbing and/or electrical work for home hemodialysis equipment", "service"),
        ("A5500", "D1F", "For diabetics only, fitting (including follow-up), custom preparation and supply", "device"),
        ("B9000", "O1C", "Enteral nutrition infusion pump - without alarm", "equipment"),
        ("C1204", "I1E", "Technetium tc 99m tilmanocept, diagnostic, up to 0.5 millicuries", "drug"),
        ("C1300", "P6C", "Hyperbaric oxygen under pressure, full body chamber, per 30 minute", "procedure"),
        ("C1772", "D1A", "Infusion pump, programmable (implantable)", "device"),
        ("C8000", "P2F", "Support device, extravascular, for arteriovenous fistula (implantable)", "device"),
        ("C9101", "D1A", "Injection, oliceridine, 0.1 mg", "drug"),
        ("C9363", "D1A", "Skin substitute, integra meshed bilayer wound matrix, per square centimeter", "supply"),
        ("C9507", "P6C", "Plasma, high titer covid-19 convalescent, each unit", "blood_product"),
        ("C9737", "O1E", "Laparoscopy, surgical, esophageal sphincter augmentation with device", "procedure"),
        ("C9738", "O1E", "Adjunctive blue light cystoscopy with fluorescent imaging agent", "procedure"),
        ("C9780", "D1A", "Insertion of central venous catheter through central venous occlusion", "procedure"),
        ("E0441", "D1C", "Stationary oxygen contents, gaseous, 1 month's supply = 1 unit", "supply"),
        ("E0783", "D1E", "Infusion pump system, implantable, programmable (includes all components)", "device"),
        ("E0784", "D1E", "External ambulatory infusion pump, insulin", "equipment"),
        ("E1600", "P9B", "Delivery and/or installation charges for hemodialysis equipment", "service"),
        ("E2361", "D1D", "Power wheelchair accessory, 22nf sealed lead acid battery, each", "equipment"),
        ("G0008", "O1G", "Administration of influenza virus vaccine", "service"),
        ("G0012", "P5E", "Injection of pre-exposure prophylaxis (prep) drug for hiv prevention", "service"),
        ("G0235", "T2D", "Pet imaging, any site, not otherwise specified", "procedure"),
        ("G0302", "T2D", "Pre-operative pulmonary surgery services for preparation for lvrs", "service"),
        ("G0308", "Z2", "Creation of subcutaneous pocket with insertion of 180 day implantable sensor", "procedure"),
        ("G0436", "P5E", "Smoking and tobacco cessation counseling visit for the asymptomatic patient", "service"),
        ("G0448", "M5D", "Insertion or replacement of a permanent pacing cardioverter-defibrillator", "procedure"),
        ("G0472", "P5E", "Hepatitis c antibody screening, for individual at high risk", "test"),
        ("G0498", "O1E", "Chemotherapy administration, intravenous infusion technique; initiation", "service"),
        ("G2215", "Z2", "Take-home supply of nasal naloxone; 2-pack of 4mg per 0.1 ml nasal spray", "drug"),
        ("G9679", "Z2", "This code is for onsite acute care treatment of a nursing facility resident", "service"),
        ("H0003", "Z2", "Alcohol and/or drug screening; laboratory analysis of specimens", "test"),
        ("J7298", "O1E", "Levonorgestrel-releasing intrauterine contraceptive system (mirena), 52 mg", "drug"),
        ("J7300", "O1E", "Intrauterine copper contraceptive", "device"),
        ("K0552", "D1E", "Supplies for external non-insulin drug infusion pump, syringe type", "supply"),
        ("K0601", "D1E", "Replacement battery for external infusion pump owned by patient", "supply"),
        ("K0744", "D1E", "Absorptive wound dressing for use with suction pump, home model", "supply"),
        ("K0901", "D1F", "Knee orthosis (ko), single upright, thigh and calf", "device"),
        ("L4210", "D1F", "Repair of orthotic device, repair or replace minor parts", "service"),
        ("L8621", "D1F", "Zinc air battery for use with cochlear implant device, replacement, each", "device"),
        ("L8678", "D1F", "Electrical stimulator supplies (external) for use with neurostimulator", "supply"),
        ("M0064", "M1A", "Brief office visit for the sole purpose of monitoring drug prescriptions", "service"),
        ("M0201", "O1G", "Administration of pneumococcal, influenza, hepatitis b, and/or covid-19 vaccine", "service"),
        ("M0243", "O1E", "Intravenous infusion or subcutaneous injection, casirivimab and imdevimab", "service"),
        ("Q0090", "P6C", "Levonorgestrel-releasing intrauterine contraceptive system, (skyla)", "drug"),
        ("Q0092", "I1E", "Set-up portable x-ray equipment", "service"),
        ("Q0243", "O1E", "Injection, casirivimab and imdevimab, 2400 mg", "drug"),
        ("Q0521", "O1E", "Pharmacy supplying fee for hiv pre-exposure prophylaxis", "service"),
        ("Q2039", "O1G", "Influenza virus vaccine, not otherwise specified", "drug"),
        ("Q9984", "P6C", "Levonorgestrel-releasing intrauterine contraceptive system (kyleena)", "drug"),
        ("Q9988", "T1H", "Platelets, pheresis, pathogen-reduced, each unit", "blood_product"),
        ("S1090", "Z2", "Mometasone furoate sinus implant, 370 micrograms", "drug"),
        ("S5522", "Z2", "Home infusion therapy, insertion of picc, nursing services only", "service"),
        ("S9975", "Z2", "Transplant related lodging, meals and transportation, per diem", "service"),
        ("S9992", "Z2", "Transportation costs to and from trial location", "transport"),
        ("T2003", "O1A", "Non-emergency transportation; encounter/trip", "transport"),
        ("V2626", "D1F", "Reduction of ocular prosthesis", "service"),
    ],
)
def test_words_of_the_title_decide_where_a_letter_or_betos_misleads(
    code: str, betos: str, title: str, kind: str
) -> None:
    assert hcpcs_kinds(pa.array([code]), pa.array([betos]), pa.array([title])).to_pylist() == [kind]


def test_words_are_found_whether_written_small_or_large() -> None:
    titles = ["SUPPLIES FOR PUMP", "Supplies for pump", "supplies for pump"]
    kinds = hcpcs_kinds(pa.array(["K0552"] * 3), pa.array(["D1E"] * 3), pa.array(titles))
    assert kinds.to_pylist() == ["supply"] * 3


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("99213", "service"),
        ("00100", "service"),
        ("10021", "procedure"),
        ("70450", "procedure"),
        ("80053", "test"),
        ("90281", "drug"),
        ("90471", "service"),
        ("90686", "drug"),
        ("90791", "service"),
        ("99499", "service"),
        ("99607", "service"),
        ("0001F", "performance_measure"),
        ("0001A", "service"),
        ("1000F", "performance_measure"),
        ("3014F", "performance_measure"),
        ("0075T", "procedure"),
        ("0202U", "test"),
        ("0004M", "test"),
    ],
)
def test_kind_of_a_cpt_code(code: str, kind: str) -> None:
    assert cpt_kinds(pa.array([code])).to_pylist() == [kind]


def test_first_rule_counts_whatever_the_order_of_the_codes() -> None:
    codes, betos = pa.array(["C9999", "C9101", "C1713"]), pa.array(["D1A", "D1A", "D1A"])
    titles = pa.array(["", "Injection, oliceridine, 0.1 mg", "Anchor/screw (implantable)"])
    assert hcpcs_kinds(codes, betos, titles).to_pylist() == ["device", "drug", "device"]


def test_of_two_rules_whose_words_fit_the_first_counts() -> None:
    title = "Removal of implantable sensor at a clinic visit"
    spoken = [r for r in read_rules("hcpcs_kinds.csv") if r["words"] and is_fitting(r, "G0309", "T2D", title)]
    assert [rule["kind"] for rule in spoken] == ["procedure", "service"]
    assert hcpcs_kinds(pa.array(["G0309"]), pa.array(["T2D"]), pa.array([title])).to_pylist() == ["procedure"]


def is_fitting(rule: dict[str, str], code: str, betos: str, title: str) -> bool:
    return len(rows_of(rule, pa.array([code]), pa.array([betos]), pa.array([title]))) == 1


def rows_of(rule: dict[str, str], code: pa.Array, betos: pa.Array, title: pa.Array) -> RowNumbers:
    (rows,) = rows_within(code, [(rule["first"], rule["last"])])
    return fitting_rows(rule, rows, betos, title)


@pytest.mark.parametrize("name", ["hcpcs_kinds.csv", "cpt_kinds.csv"])
def test_rules_give_kinds_of_the_schema_and_a_reason(name: str) -> None:
    for rule in read_rules(name):
        assert rule["kind"] in CODE_KINDS
        assert rule["first"] <= rule["last"]
        assert rule["why"].strip()


@pytest.fixture(scope="module")
def official_hcpcs(official_build: Path, read_table: ReadTable) -> pd.DataFrame:
    """The codes of HCPCS, modifiers apart, with the title that their kind was read from."""
    codes = read_table(official_build, "codes")
    own = codes[(codes["system"] == "HCPCS") & (codes["kind"] != "modifier")]
    return own.assign(title=own["description"].fillna(own["short_description"]))


def test_every_rule_of_words_decides_an_official_code(official_hcpcs: pd.DataFrame) -> None:
    code, title = (pa.array(official_hcpcs[name]).cast(pa.string()) for name in ("code", "title"))
    kind, no_betos = official_hcpcs["kind"].to_numpy(), pa.repeat("", len(code))
    rules = [rule for rule in read_rules("hcpcs_kinds.csv") if rule["words"]]
    assert not [rule for rule in rules if rule["kind"] not in kind[rows_of(rule, code, no_betos, title)]]


def test_codes_of_one_title_have_one_kind(official_hcpcs: pd.DataFrame) -> None:
    kinds = official_hcpcs.groupby(official_hcpcs["title"].str.lower())["kind"].nunique()
    assert kinds[kinds > 1].index.tolist() == []
