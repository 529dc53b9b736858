"""Days as claims have them: as a day, a moment, a number or a text; and the SQL that reads each.

The forms are told apart by their looks alone, so that a column may mix them: 2010-03-04, 20100304, 20100304.0 (a number
in a column with gaps), 04-Mar-2010 (files of CMS for research) and 3/4/2010 (month first, as in the US).
"""

from typing import Final

MONTH_NAMES: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_NUMBER: Final = " ".join(f"when '{month}' then '{number:02}'" for number, month in enumerate(MONTH_NAMES, 1))
# Each form: what a text of it looks like (in LIKE or by length), and its parts as year-month-day.
DAY_FORMS: Final = {
    "YYYY-MM-DD": ("{x} like '____-__-__%'", "substr({x}, 1, 10)"),
    "YYYYMMDD": (
        "length({x}) = 8 and {x} not like '%-%' and {x} not like '%/%'",
        "substr({x}, 1, 4) || '-' || substr({x}, 5, 2) || '-' || substr({x}, 7, 2)",
    ),
    "YYYYMMDD.0": (
        "{x} like '________.0'",
        "substr({x}, 1, 4) || '-' || substr({x}, 5, 2) || '-' || substr({x}, 7, 2)",
    ),
    "DD-Mon-YYYY": (
        "{x} like '__-___-____'",
        f"substr({{x}}, 8, 4) || '-' || case upper(substr({{x}}, 4, 3)) {_MONTH_NUMBER} end"
        " || '-' || substr({x}, 1, 2)",
    ),
    "MM/DD/YYYY": (
        "{x} like '%/%/____'",
        "split_part({x}, '/', 3) || '-' || lpad(split_part({x}, '/', 1), 2, '0')"
        " || '-' || lpad(split_part({x}, '/', 2), 2, '0')",
    ),
}


def day_of(name: str, kind: str, forms: tuple[str, ...]) -> str:
    """SQL for the day of a column, given quoted, of a type: null where it is no day. `forms` are those that it has."""
    if kind.upper() == "DATE":
        return name
    if kind.upper().startswith("TIMESTAMP"):
        return f"cast({name} as date)"
    text = day_text(name)
    cases = " ".join(
        f"when {DAY_FORMS[each][0].format(x=text)} then try_cast({DAY_FORMS[each][1].format(x=text)} as date)"
        for each in forms
    )
    return f"case {cases} end" if cases else "cast(null as date)"


def day_text(name: str) -> str:
    """SQL for what a column with days, given quoted, has as a text without blanks around it."""
    return f"trim(cast({name} as varchar))"


def is_typed(kind: str) -> bool:
    """Whether a column's type says that it holds days."""
    return kind.upper() == "DATE" or kind.upper().startswith("TIMESTAMP")


def forms_in(claims: str, name: str) -> str:
    """SQL for how many rows of a column have a text, how many one of each form, and how many of all can be read."""
    text = day_text("x")
    reads = ", ".join(
        f"coalesce(sum(n) filter (where {day_of('x', 'text', (form,))} is not null), 0)" for form in DAY_FORMS
    )
    return (
        f"select coalesce(sum(n) filter (where {text} <> ''), 0), {reads} "
        f"from (select {name} as x, count(*) as n from {claims} where {name} is not null group by {name})"
    )
