"""A converted list in words, by concept; as csv, with a row for each code; and as json."""

import io
from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

from pipeline.ask.answers import as_csv, as_json
from pipeline.ask.codelist.converted_codes import COMES_IN, CONVERTED_COLUMNS, LEADS_NOWHERE, TO_JUDGE
from pipeline.ask.codelist.converted_list import Conversion

STATUS_TITLES: Final = {COMES_IN: "come in", TO_JUDGE: "to judge", LEADS_NOWHERE: "lead nowhere"}
CODE_CELLS: Final = ("via", "forward_from", "outside")
WRITTEN_ROW_BY_ROW: Final = 50_000
CODES_SPELT_OUT: Final = 5  # codes of a row that are spelt out for people; csv and json have all


def _describe(found: Conversion) -> str:
    paragraphs = [
        "\n".join(_concept(name, [*rows])) for name, rows in groupby(found.rows, key=lambda row: row["concept"])
    ]
    return "\n\n".join([*(paragraphs or ["no code"]), "\n".join(found.notes)]) + "\n"


def _concept(name: str, rows: list[dict[str, Any]]) -> list[str]:
    lines = [name or "The list"]
    width = max(len(row["code_dotted"] or row["via"][0]) for row in rows)
    for status, own in groupby(rows, key=lambda row: row["status"]):
        told = [_line(row, width) for row in own]
        lines += [f"  {STATUS_TITLES[status]}: {len(told):,}", *told]
    return lines


def _line(row: dict[str, Any], width: int) -> str:
    if row["status"] == LEADS_NOWHERE:
        return f"    {row['via'][0]:<{width}}  [{row['reason']}]"
    share = f" {row['share']:.2f}" if row["share"] is not None and row["share"] < 1 else ""
    outside = f", without {_some(row['outside'])}" if row["outside"] else ""
    ways = f"{_some(row['via'] or row['forward_from'])}{outside}"
    title = row["description"] or "(no text here)"
    return f"    {row['code_dotted'] or row['code']:<{width}}  {title}  [{row['reason']}{share}: {ways}]"


def _some(codes: list[str]) -> str:
    more = f" and {len(codes) - CODES_SPELT_OUT:,} more" if len(codes) > CODES_SPELT_OUT else ""
    return " ".join(codes[:CODES_SPELT_OUT]) + more


def _as_csv(found: Conversion) -> str:
    """Text quoted and a missing value empty; a cell of several codes has blanks between them."""
    if found.table.num_rows > WRITTEN_ROW_BY_ROW:
        return _as_large_csv(found)
    rows = ([" ".join(cell) if isinstance(cell, list) else cell for cell in row.values()] for row in found.rows)
    return as_csv([CONVERTED_COLUMNS, *rows])


def _as_large_csv(found: Conversion) -> str:
    """The same column by column, which waits for pandas first, and is ten times as quick then."""
    from pyarrow import compute, csv  # noqa: PLC0415 -- other forms do not wait for it

    table = found.table
    for name in ("concept", *CODE_CELLS):
        cells = table[name] if name == "concept" else compute.binary_join(table[name].combine_chunks(), " ")
        told = compute.struct_field(compute.extract_regex(cells, "(?P<told>(?s).+)"), "told")  # null where it is empty
        table = table.set_column(table.schema.get_field_index(name), name, told)
    written = io.BytesIO()
    csv.write_csv(table, written, csv.WriteOptions(quoting_header="none"))
    return written.getvalue().decode()


CONVERSION_FORMATS: Final[dict[str, Callable[[Conversion], str]]] = {
    "table": _describe,
    "csv": _as_csv,
    "json": lambda found: as_json({"codes": found.rows, "notes": found.notes}) + "\n",
}
