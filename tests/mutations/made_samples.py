"""Samples of parts that the excerpt lacks, or has some rows of and no whole file. Titles are our own.

Add a row to MADE_SAMPLES for a part that the excerpt has no file of.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import xlsxwriter

from pipeline.ingest.anweb_workbook import CELLS
from pipeline.ingest.ccsr import CCSR_SHEET_HEADER
from pipeline.ingest.conversion import ICD10CM_HEADER, ICD10PCS_HEADER
from pipeline.ingest.elixhauser import FLAGS_HEADER, FLAGS_SHEET, MEASURES_HEADER, MEASURES_SHEET
from tests.ingest.mcd_samples import article, beside, zip_of
from tests.mutations.archives import members_of, packed
from tests.samples import ORDER_LINES, text_of

Rows = Sequence[Sequence[object]]


def workbook(rows: Rows) -> bytes:
    """A workbook of one sheet, the same bytes every time."""
    return workbook_of({"DX_to_CCSR_Mapping": rows})


def workbook_of(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of sheets by their names, the same bytes every time."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": datetime(2020, 1, 1)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return packed(members_of(content.getvalue()))


def _addenda() -> bytes:
    changes = [("Add", "A000"), ("Add", "A001"), ("Revise from", "B001"), ("Revise to", "B001"), ("Delete", "C001")]
    lines = [f"{action + ':':<13}1 {code:<7} {f'Title of {code}':<60} Long title of {code}" for action, code in changes]
    counts = ["  3 codes in icd10cm_order_2024.txt", "      2 additions", "      1 deletions",
              "      1 revisions to both long and short titles", "  4 codes in icd10cm_order_2025.txt"]  # fmt: skip
    return text_of([*lines, "", "Codes", *counts])


def _anweb_workbook() -> bytes:
    header = [cell for cells, _ in CELLS.values() for cell in cells]
    record = {"SEQNUM": "0010", "RECID": "3", "ADD DT": "19820101", "ACT EFF DT": "20200101", "ACTION CD": "N"}
    codes = ("   A1", *(f"{section}0{number}21" for section in "ABCEGHJKLMPQRSTV" for number in (1, 2)))
    rows = [
        record
        | {"HCPC": code, "LONG DESCRIPTION": f"A thing {code}", "SHORT DESCRIPTION": f"Thing {code}"}
        | ({"RECID": "7"} if code.startswith(" ") else {})
        for code in codes
    ]
    return workbook([header, *([row.get(name, "") for name in header] for row in rows)])


CCSR_CODES = (
    ("A000", "First", "Bowel", "DIG001", "Bowel infection", "INF003", "Germ disease"),
    ("A001", "Second", "Bowel", "DIG001", "Bowel infection", "", ""),
    ("B001", "Third", "Skin", "SKN001", "Skin infection", "INF008", "Virus disease"),
    ("C4A0", "Fourth", "Skin", "NEO001", "Growth", "", ""),
)


def _ccsr() -> bytes:
    names = [f"'CCSR CATEGORY {number}','CCSR CATEGORY {number} DESCRIPTION'" for number in range(1, 7)]
    header = ["'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION'"]
    header += [f"'Default CCSR CATEGORY {side}','Default CCSR CATEGORY DESCRIPTION {side}'" for side in ("IP", "OP")]
    header += [*names, "'Rationale'"]
    rows = [
        f"'{code}',\"{title}\",'{first}',\"{label}\",'{first}',\"{label}\",'{first}',\"{label}\",'{second or ' '}',"
        f'"{other or " "}"' + ",' ',\" \"" * 4 + ",'06 Infection'"
        for code, title, _, first, label, second, other in CCSR_CODES
    ]
    return text_of([",".join(header), *rows])


def _ccsr_workbook() -> bytes:
    rows = [
        (code, title, category, text, default, default)
        for code, title, _, first, label, second, other in CCSR_CODES
        for category, text, default in ((first, label, "Y"), (second, other, "N"))
        if category
    ]
    return workbook([("A title", "", "", "", "", ""), CCSR_SHEET_HEADER, *rows])


CCS: Final = text_of([
    "NOTE: New codes are introduced in October.",
    "'ICD-9-CM CODE','CCS CATEGORY','CCS CATEGORY DESCRIPTION','ICD-9-CM CODE DESCRIPTION','OPTIONAL CCS CATEGORY',"
    "'OPTIONAL CCS CATEGORY DESCRIPTION'",
    "'     ','0    ','No diagnosis',\"NONE OF THESE\",' ',' '",
    "'01000','1    ','Lung germ',\"FIRST LUNG GERM\",' ',' '",
    "'01001','1    ','Lung germ',\"SECOND LUNG GERM\",' ',' '",
    "'0030 ','135  ','Bowel germ',\"BOWEL GERM\",' ',' '",
    "'E8499','2621 ','Place',\"SOME PLACE\",' ',' '",
])  # fmt: skip
HCC: Final = (
    b'"ICD-10-CM Codes, ESRD and RxHCC Models",,,,,\nIncludes ICD-10 codes valid in FY2024 and FY2025,,,,,\n,,,,,\n'
    b'"Diagnosis\nCode",Description,"CMS-HCC\nESRD\nModel\nCategory\nV21","RxHCC\nModel\nCategory\nV08",'
    b'"CMS-HCC\nESRD Model\nCategory\nV21 for 2025\nPayment Year",'
    b'"RxHCC\nModel\nCategory\nV08 for 2025\nPayment Year"\n'
    b"A0103,Lung disease,115,,Yes,No\nA0104,Joint disease,39,,Yes,No\n"
    b'E0821,"Sugar disease, kidney",18,30,Yes,Yes\nE0821,"Sugar disease, kidney",141,,Yes,--\n'
    b'E0822,"Sugar disease, more",18,30,Yes,Yes\n,,,,,\nNotes:,,,,,\nSource: Somebody ,,,,,\n'
)
WHO_CODES: Final = text_of([
    f"{level};{kind};X;01;A00;{code};{code};{code.replace('.', '')};Title of {code};Category;{code};;1-001;4-002;3-003;"
    "2-001;001"
    for level, kind, code in ((3, "N", "A00"), (4, "T", "A00.0"), (4, "T", "A00.1"), (3, "N", "A01"), (4, "T", "A01.0"))
])  # fmt: skip
CONVERTED: Final = (
    ("A04.71", 2017, "A04.7"),
    ("A04.72", 2017, "A04.7"),
    ("C43.111", 2018, "C43.11"),
    ("U07.0", date(2020, 4, 1), "J68.0, J68.9 and J80"),
    ("Z79.84", 2016, "Z79.899"),
)
PROCEDURES: Final = tuple(
    (code, "A title", "2022", previous, "Another title", "New", "", "10.01")
    for code, previous in (("02H40NZ", "NoPCS"), ("02H43NZ", "02H43DZ"), ("NoPCS", "02H44DZ"), ("XY0VX83", "NoPCS"))
)
ICD9_CONVERSION: Final = (
    "Conversion Table of New ICD-9-CM Codes\n\nDiagnosis Codes\n\nCurrent Code(s)\tEffective\tPrevious Code(s)\n"
    "Assignment\tOctober 1\tAssignment\n\n005.81\t1995\t005.8\n005.89\t1995\t005.8\n042\t1994\t042.0-042.2, 042.9,*\n"
    "\t\t044.0, 044.9* (*codes deleted)\n041.04#\t1997\t041.04\n\nProcedure Codes\n\n"
    "Current Code(s)\tEffective\tPrevious Code(s)\nAssignment\tOctober 1\tAssignment\n\n05.25\t1995\t39.7\n"
    "37.70 (Leads Only)\t1987 (Leads/Device)\t37.70"
)


CCS_SERVICES: Final = text_of([
    "Title of the tool,,",
    "Code Range,CCS,CCS Label",
    "'00001-00009',80,Bowel surgery",
    "'00011-00011',227,\"Talk, and more\"",
    "'J0001-J0009',240,Drugs",
])  # fmt: skip
RBCS: Final = text_of([
    "HCPCS_Cd,RBCS_Id,RBCS_Cat,RBCS_Cat_Desc,RBCS_Cat_Subcat,RBCS_Subcat_Desc,RBCS_FamNumb,RBCS_Family_Desc,"
    "RBCS_Major_Ind,HCPCS_Cd_Add_Dt,HCPCS_Cd_End_Dt,RBCS_Latest_Assignment,RBCS_Analysis_Start_Dt,RBCS_Analysis_End_Dt",
    '00001,EO001N,E,Talk,EO,"Office, outpatient",1,No family,N,01/01/1992,12/31/9999,1,01/01/2014,12/31/9999',
    "00002,PB002M,P,Surgery,PB,Bowel,2,Some family,M,01/01/1992,12/31/2019,0,01/01/2014,12/31/2016",
    "00002,PB003M,P,Surgery,PB,Bowel,3,Other family,M,01/01/1992,12/31/2019,1,01/01/2017,12/31/2019",
    "J0001,DA001O,D,Drugs,DA,By needle,1,Third family,O,01/01/2001,12/31/9999,1,01/01/2014,12/31/9999",
])  # fmt: skip
NHSN_CPT: Final[Mapping[str, Rows]] = {
    "ALL 2025 CPT CODES": [
        ("Procedure Code Category", "CPT Codes", "Procedure Code Descriptions", "Code Status"),
        ("APPY", 10001, "A title", "No change"),
        ("APPY", 10002, "Another title", "No change"),
        ("HPRO", 20001, "A third title", "Added"),
    ],
    "Index": [
        ("Procedure Code Category", "Operative Procedure", "Procedure Description"),
        ("APPY", "Bowel surgery", "About it"),
        ("HPRO", "Hip surgery", "About that"),
    ],
}

ELIXHAUSER: Final[Mapping[str, Rows]] = {
    FLAGS_SHEET: [
        ("A title",),
        (*FLAGS_HEADER, "AIDS", "HF", "HTN_CX"),
        ("B20", "First", 1, 1, 0, 0),
        ("I110", "Second", 2, 0, 1, 1),
        ("I119", "Third", 1, 0, 0, 1),
        ("I500", "Fourth", 1, 0, 1, 0),
    ],
    MEASURES_SHEET: [("A title",), MEASURES_HEADER]
    + [(f"CMR_{flag}", title, "No") for flag, title in (("AIDS", "Virus"), ("HF", "Heart"), ("HTN_CX", "Pressure"))],
}


def _rtf(text: str) -> bytes:
    body = "\\par\r\n".join(line.replace("\t", "\\tab ") for line in text.split("\n"))
    return f"{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Courier;}}}}\r\n{body}\\par\r\n}}".encode("ascii")


MCD_MEMBERS: Final = {
    "articles": "article.csv",
    "procedures": "article_x_hcpc_code.csv",
    "procedure_groups": "article_x_hcpc_code_group.csv",
    "inpatient_procedures": "article_x_icd10_pcs_code.csv",
    "modifiers": "article_x_hcpc_modifier.csv",
    "self_administered": "article_x_code_table.csv",
    "article_contractors": "article_x_contractor.csv",
    "contractors": "contractor.csv",
    "jurisdictions": "contractor_jurisdiction.csv",
    "states": "state_lookup.csv",
    "covered": "article_x_icd10_covered.csv",
    "covered_groups": "article_x_icd10_covered_group.csv",
    "noncovered": "article_x_icd10_noncovered.csv",
    "noncovered_groups": "article_x_icd10_noncovered_group.csv",
    "lcd_procedures": "lcd_x_hcpc_code.csv",
    "lcd_procedure_groups": "lcd_x_hcpc_code_group.csv",
    "lcd_articles": "lcd_related_documents.csv",
}


def _mcd(member: str) -> bytes:
    """An export of one table, so that what is damaged is what is read."""
    one = article(1, {1: ["J0178", "J0179"]}, {1: ["I70.0", "K35.80*"]}, {1: "with J0178"}, noncovered={1: ["XX000"]})
    two = article(2, {1: ["99213"], 2: ["E0570"]}, {1: ["J44.9"], 2: ["C61"]}, refusals={2: "These codes are denied."})
    lcd = {"lcd_id": 7, "lcd_version": 9}
    own = beside(1) | {
        "lcd_x_hcpc_code.csv": [{**lcd, "hcpc_code_id": code, "hcpc_code_group": 1} for code in ("E0570", "J0178")],
        "lcd_x_hcpc_code_group.csv": [{**lcd, "hcpc_code_group": 1, "paragraph": "E0570"}],
        "lcd_related_documents.csv": [{**lcd, "r_article_id": 1}, {**lcd, "r_article_id": 2}],
    }
    names = {**one, **two, **own}
    raw = zip_of({name: [*one.get(name, ()), *two.get(name, ()), *own.get(name, ())] for name in names})
    return packed([each for each in members_of(raw) if each[0] == member])


def _tabular_xml() -> bytes:
    """Twenty-two chapters of one letter each, with two sections of two categories."""
    letters = "ABCDEFGHIJKLMNOPQRSTVW"
    chapters = [
        f"<chapter>\n<name>{number}</name>\n<desc>Chapter {letter} ({letter}00-{letter}99)</desc>\n<sectionIndex>\n"
        + "".join(f'<sectionRef first="{one}" last="{two}" id="{one}-{two}">Part</sectionRef>\n' for one, two in parts)
        + "</sectionIndex>\n"
        + "".join(
            f'<section id="{one}-{two}">\n<desc>Part ({one}-{two})</desc>\n'
            + "".join(f"<diag>\n<name>{code}</name>\n<desc>Disease {code}</desc>\n</diag>\n" for code in (one, two))
            + "</section>\n"
            for one, two in parts
        )
        + "</chapter>\n"
        for number, letter in enumerate(letters, 1)
        for parts in [[(f"{letter}00", f"{letter}09"), (f"{letter}50", f"{letter}59")]]
    ]
    start = '<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.tabular>\n<version>2025</version>\n'
    return f"{start}{''.join(chapters)}</ICD10CM.tabular>\n".encode()


def _program() -> bytes:
    """A list of ICD-9 for one cause, and lists of ICD-10 for all of them."""
    codes = [f"'{chr(ord('A') + cause // 10)}{cause % 10}0' '{chr(ord('A') + cause // 10)}{cause % 10}00'"
             for cause in range(114)]  # fmt: skip
    lists = [f"if uc10 in ({codes[cause]})\nthen UC10_113={cause};\n" for cause in range(1, 114)]
    titles = "".join(f"{cause}=\t'Cause {cause}'\n" for cause in range(1, 114))
    start = "/*Comment*/\nUC09_113=0;\nif cause in ('038' '0380'\n'885')\nthen uc09_113=9;\nUC10_113=0;\n"
    return f"{start}{''.join(lists)}RUN;\n\nproc format;\nvalue lista\n{titles};\n\nRUN;\n".encode("ascii")


def _numbered(raw: bytes) -> bytes:
    """An order file with the numbers of a whole one."""
    return b"".join(b"%05d%s" % (number, line[5:]) for number, line in enumerate(raw.splitlines(keepends=True), 1))


def _with_last_cause(raw: bytes) -> bytes:
    """A list of causes that ends with the last code of all lists."""
    return re.sub(rb"(?:,,\r?\n)*\Z", b",Y89.9,Late effect of what nobody knows\r\n", raw, count=1)


POA_README: Final = (
    "Description of Present On Admission (POA) files",
    "",
    "List of Present On Admission (POA) exempt codes, for FY2025 (38,154 codes).",
    "These files have three fields, as below.",
    "List of codes added to the current FY2025 POA exempt list, from the previous list (49 codes).",
    "List of codes deleted from the previous POA exempt list (5 codes).",
)
MADE_SAMPLES: Final[dict[tuple[str, str, str], bytes]] = {
    ("order_file", "addenda", "icd10cm_order_addenda_2025.txt"): _addenda(),
    ("anweb", "records", "anweb.xlsx"): _anweb_workbook(),
    ("ccsr", "mapping", "DXCCSR.csv"): _ccsr(),
    ("ccsr", "workbook", "DXCCSR.xlsx"): _ccsr_workbook(),
    ("ccs", "mapping", "dxref.csv"): CCS,
    ("poa_exempt", "readme", "ReadMePOAexempt.txt"): text_of(POA_README),
    ("ccs_services", "mapping", "services.csv"): CCS_SERVICES,
    ("rbcs", "taxonomy", "RBCS_RY_2025.csv"): RBCS,
    ("nhsn_cpt", "workbook", "cpt-pcm-nhsn.xlsx"): workbook_of(NHSN_CPT),
    ("hcc", "mapping", "mappings.csv"): HCC,
    ("elixhauser", "workbook", "CMR.xlsx"): workbook_of(ELIXHAUSER),
    ("who_meta", "codes", "icd102019syst_codes.txt"): WHO_CODES,
    ("who_meta", "chapters", "icd102019syst_chapters.txt"): b"01;First\r\n02;Second\r\n03;Third\r\n04;Fourth\r\n",
    ("who_meta", "blocks", "icd102019syst_groups.txt"): (
        b"A00;A09;01;First\r\nA15;A19;01;Second\r\nC00;C97;02;Third\r\nD00;D48;02;Fourth\r\n"
    ),
    ("icd10cm_conversion", "table", "conversion.xlsx"): workbook([("Prose", "", ""), ICD10CM_HEADER, *CONVERTED]),
    ("icd10pcs_conversion", "table", "conversion.xlsx"): workbook([ICD10PCS_HEADER, *PROCEDURES]),
    ("icd9cm_conversion", "table", "CnvTb02.RTF"): _rtf(ICD9_CONVERSION),
    ("tabular_xml", "tabular", "icd10cm_tabular_2025.xml"): _tabular_xml(),
    ("nchs_113", "program", "Classify_to_113_list.sas"): _program(),
    **{("mcd_exports", part, "current_csv.zip"): _mcd(member) for part, member in MCD_MEMBERS.items()},
}
# What makes a whole file of one of the excerpt, by layout and part.
WHOLE_FILES: Final[dict[tuple[str, str], Callable[[bytes], bytes]]] = {
    ("order_file", "order"): _numbered,
    ("mortality_list", "list"): _with_last_cause,
}


RELEASE_ARCHIVE: Final = packed([("icd10cm_order_2026.txt", text_of(ORDER_LINES)), ("readme.pdf", b"%PDF" * 20)])
# Parts of which the excerpt has too little to be made whole: chapters, causes, and codes that are no first sheet.
INSTEAD_OF_THE_EXCERPT: Final = {("tabular_xml", "tabular"), ("nchs_113", "program"), ("elixhauser", "workbook")}
