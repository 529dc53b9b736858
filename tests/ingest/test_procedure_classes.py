"""AHRQ's procedure classes: the note that says what they are, and a header that names another system."""

import pytest

from pipeline.errors import RawFileError
from pipeline.ingest.procedure_classes import CLASSES_HEADER, CLASSES_NOTE, read_procedure_classes

CLASSES = "\r\n".join(
    [
        CLASSES_NOTE,
        ",".join(f"'{name}'" for name in CLASSES_HEADER),
        "'4A023N7',\"Measurement of Cardiac Sampling and Pressure\",'1',\"Minor Diagnostic\"",
        "'30233N1',\"Transfusion of Nonautologous Red Blood Cells\",'2',\"Minor Therapeutic\"",
        "'0DTJ4ZZ',\"Resection of Appendix\",'4',\"Major Therapeutic\"",
        "",
    ]
)


def test_a_procedure_has_its_class_and_the_name_of_that() -> None:
    found = [tuple(row.values()) for row in read_procedure_classes("pc.csv", CLASSES.encode()).to_pylist()]
    assert found == [
        ("4A023N7", "1", "Minor Diagnostic", 3),
        ("30233N1", "2", "Minor Therapeutic", 4),
        ("0DTJ4ZZ", "4", "Major Therapeutic", 5),
    ]


@pytest.mark.parametrize(
    ("old", "new", "law"),
    [
        ("4=major", "5=major", "expected: '1=minor diagnostic"),
        ("'PROCEDURE CLASS'", "'CLASS'", "then the header"),
        ("'4A023N7'", "'A419'", "line 3\n  expected: a code of ICD-10-PCS"),
        ("'1',", "'4',", "line 3\n  expected: a class of 1 to 4 with the name"),
        ('"Minor Therapeutic"', '"Minor"', "line 4\n  expected: a class of 1 to 4 with the name"),
        ("'0DTJ4ZZ'", "'30233N1'", "line 5\n  expected: every code once"),
        ("'2',\"Minor Therapeutic\"", "'4',\"Major Therapeutic\"", "line 5\n  expected: categories in the order"),
        ("'2',", "'2,", "line 4\n  expected: a cell in single quotes, closed"),
    ],
)
def test_a_broken_file_of_classes_is_refused(old: str, new: str, law: str) -> None:
    with pytest.raises(RawFileError) as error:
        read_procedure_classes("pc.csv", CLASSES.replace(old, new, 1).encode())
    assert law in str(error.value)
