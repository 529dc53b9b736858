"""Claims as they come: files of text or Parquet, or tables of Arrow, pandas, Polars and DuckDB.

Text is read once, into a Parquet file beside the results, with the columns that are needed; each column stays text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import DuckConnection
from pipeline.ask.claims.claims_database import columns_with_types, count_rows_of, reading_claims
from pipeline.ask.claims.claims_sql import quoted
from pipeline.errors import UnreadableClaims, UsageError

SOURCE_CLAIMS: Final = "source_claims"
TEXT: Final = (".csv", ".txt", ".psv", ".tsv", ".csv.gz", ".txt.gz", ".psv.gz", ".tsv.gz", ".csv.zst")
PARQUET: Final = (".parquet", ".pq")
DELIMITERS: Final = "|,\t;"
SAME_FIELDS, SAME_TYPES = "rows with the fields of the first line", "files with the same types of columns"


@dataclass(frozen=True)
class ClaimsSource:
    """Claims that can be asked: columns with types, the files they stand in, those of text by delimiter, and whether
    they are to be read once only."""

    types: dict[str, str]
    files: tuple[Path, ...]
    read_once: bool
    sql: str
    delimiters: Mapping[str, list[Path]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The first of the files, for messages."""
        return named_in_messages(self.files)


def named_in_messages(files: Sequence[Path]) -> str:
    """Some files, the first of them by name."""
    return ", ".join(map(str, files[:3])) + (f" and {len(files) - 3} more" if len(files) > 3 else "") or "claims"


def open_source(database: DuckConnection, source: Any) -> ClaimsSource:
    """Some claims: a path or several, with patterns, or a table that speaks Arrow. Raises UsageError where there are
    none, UnreadableClaims for a file that is not what its name says."""
    if isinstance(source, (str, Path)):
        return _open_files(database, _expand([source]))
    if isinstance(source, (list, tuple)) and all(isinstance(each, (str, Path)) for each in source):
        return _open_files(database, _expand(source))
    return _open_table(database, source)


def _expand(given: Sequence[str | Path]) -> list[Path]:
    """The files that paths, folders and patterns stand for."""
    files: list[Path] = []
    for each in given:
        path = Path(each)
        if path.is_dir():
            found = sorted(below for ending in PARQUET for below in path.rglob(f"*{ending}"))
        else:
            found = [path] if path.is_file() else sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        if not found:
            raise UsageError(f"{each}: there is no such file\n  next:     name files of claims: csv, csv.gz, parquet")
        files += [below for below in found if below.is_file()]
    return files


def _open_files(database: DuckConnection, files: list[Path]) -> ClaimsSource:
    of_text = [each.name.lower().endswith(TEXT) for each in files]
    known = [is_text or each.name.lower().endswith(PARQUET) for is_text, each in zip(of_text, files, strict=True)]
    if not all(known):
        stranger = files[known.index(False)]
        raise UsageError(
            f"{stranger}: no file of claims\n  next:     csv, csv.gz, txt, psv, tsv or parquet, by its name"
        )
    if any(of_text) and not all(of_text):
        raise UsageError("text and Parquet files together\n  next:     one run for each kind")
    if all(of_text):
        return _open_text(database, files)
    for each in files:
        with reading_claims(str(each), "a Parquet file"):
            columns_with_types(database, _parquet([each]))
    sql = _parquet(files)
    return ClaimsSource(_types_of(database, sql, files, SAME_TYPES), tuple(files), False, f"select * from {sql}")


def _types_of(database: DuckConnection, sql: str, files: Sequence[Path], expected: str) -> dict[str, str]:
    with reading_claims(named_in_messages(files), expected):
        return columns_with_types(database, sql)


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(_literal_path, files))}], union_by_name = true)"


def _literal_path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _open_text(database: DuckConnection, files: list[Path]) -> ClaimsSource:
    """Files of text: every column as text, the first line names them; each file has a delimiter of its own."""
    selects, types = [], dict[str, str]()
    by_delimiter: dict[str, list[Path]] = {}
    for each in files:
        by_delimiter.setdefault(_delimiter_of(database, each), []).append(each)
    for delimiter, some in by_delimiter.items():
        sql = _csv(some, delimiter)
        types |= _types_of(database, sql, some, SAME_FIELDS)
        selects.append(f"select * from {sql}")
    return ClaimsSource(types, tuple(files), True, "\nunion all by name\n".join(selects), by_delimiter)


def _csv(files: Sequence[Path], delimiter: str) -> str:
    paths = ", ".join(map(_literal_path, files))
    return (
        f"read_csv([{paths}], delim = '{delimiter}', header = true, skip = 0, all_varchar = true, "
        """union_by_name = true, quote = '"', escape = '"', auto_detect = true, sample_size = 1000)"""
    )


def _delimiter_of(database: DuckConnection, path: Path) -> str:
    """The delimiter that stands most often in the first line, which has the names of the columns."""
    with reading_claims(str(path), "a file of text with a line of names"):
        sql = f"select * from read_csv({_literal_path(path)}, delim = '\x1f', header = false, all_varchar = true, "
        line = database.execute(sql + "quote = '', escape = '', columns = {'line': 'VARCHAR'}) limit 1").fetchone()
    if line is None:
        raise UnreadableClaims(str(path), "a line of names, and rows", "nothing", "see whether the file is whole")
    return max(DELIMITERS, key=str(line[0]).count)


def columns_of_file(database: DuckConnection, path: Path) -> dict[str, str]:
    """The columns of one file of claims, with their types."""
    is_text = path.name.lower().endswith(TEXT)
    sql = _csv([path], _delimiter_of(database, path)) if is_text else _parquet([path])
    return _types_of(database, sql, [path], SAME_FIELDS)


def _open_table(database: DuckConnection, source: Any) -> ClaimsSource:
    """A table that speaks Arrow: what is in memory is asked where it is, a stream is read once."""
    import pyarrow as pa  # noqa: PLC0415  # 40 MB of memory that files do not need

    if isinstance(source, pa.Table):
        given: Any = source
    elif hasattr(source, "__arrow_c_stream__"):
        given = pa.RecordBatchReader.from_stream(source)
    elif hasattr(source, "fetch_arrow_reader"):
        given = source.fetch_arrow_reader()
    else:
        raise UsageError(
            f"{type(source).__name__}: no claims\n"
            "  next:     a path, or a table of Arrow, pandas, Polars, DuckDB or Spark"
        )
    _require_different_names(given.schema.names)
    database.register("given_claims", given)
    types = {field.name: _type_of(field.type) for field in given.schema}
    return ClaimsSource(types, (), not isinstance(source, pa.Table), "select * from given_claims")


def _require_different_names(names: Sequence[str]) -> None:
    """SQL does not tell capitals apart in the names of columns: one of two would be read as the other."""
    lower = [each.lower() for each in names]
    if alike := [each for each in names if lower.count(each.lower()) > 1]:
        raise UsageError(f"several columns of one name, but for capitals: {', '.join(alike)}\n  next:     rename one")


def _type_of(kind: Any) -> str:
    """An Arrow type as DuckDB writes it, as far as claims need it."""
    import pyarrow as pa  # noqa: PLC0415  # see above

    if pa.types.is_dictionary(kind):
        return _type_of(kind.value_type)
    for is_kind, name in (
        (pa.types.is_integer, "BIGINT"), (pa.types.is_floating, "DOUBLE"), (pa.types.is_decimal, "DECIMAL"),
        (pa.types.is_date, "DATE"), (pa.types.is_timestamp, "TIMESTAMP"),
    ):  # fmt: skip
        if is_kind(kind):
            return name
    return "VARCHAR"


def stage(database: DuckConnection, source: ClaimsSource, needed: Sequence[str], scratch: Path) -> int:
    """Makes the claims known as SOURCE_CLAIMS, with the columns that are needed; returns how many rows there are.

    What can be read once only is written to a Parquet file first.
    """
    columns = ", ".join(quoted(each) for each in dict.fromkeys(needed))
    question = f"select {columns} from ({source.sql}) as given"
    if not source.read_once:
        database.execute(f"create view {SOURCE_CLAIMS} as {question}")
        return count_rows_of(database, SOURCE_CLAIMS)
    path = scratch / "claims.parquet"
    with reading_claims(source.where, SAME_FIELDS):
        database.execute(f"copy ({question}) to {_literal_path(path)} (format parquet)")
    database.execute(f"create view {SOURCE_CLAIMS} as select * from {_parquet([path])}")
    return count_rows_of(database, SOURCE_CLAIMS)
