"""The engines that the script is run in: each loads a build and the questions, and writes the answers as Parquet."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from pipeline.warehouse.dialects import choose_dialect
from pipeline.warehouse.script import write_script
from tests.warehouse.questions import QUESTIONS

POSTGRES = "postgres"  # the user that Debian runs its server as: it does not start as root


def answer_in_duckdb(build: Path, folder: Path) -> None:
    """Runs the script in DuckDB and writes <question>.parquet into `folder`/duckdb."""
    (folder / "duckdb").mkdir()
    with duckdb.connect() as database:
        for name in ("claims", "code_lists"):
            database.execute(f"create table {name} as from '{folder}/{name}.parquet'")
        database.execute(write_script(choose_dialect("duckdb"), str(build)))
        for name, query in QUESTIONS.items():
            database.execute(f"copy ({query}) to '{folder}/duckdb/{name}.parquet'")


def find_postgres() -> Path | None:
    """The folder of Debian's PostgreSQL programs, or wherever they are on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgres_server(programs: Path) -> Iterator[list[str]]:
    """A server of its own with an empty database, reached by a socket in its folder: the psql command that asks it."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _serve(programs, Path(folder))


def _serve(programs: Path, folder: Path) -> Iterator[list[str]]:
    user = POSTGRES if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, port = str(folder / "data"), str(_free_port())
    run = partial(subprocess.run, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    # The order of letters of a language, not of codes: the script must not depend on it.
    run([programs / "initdb", "-D", data, "-A", "trust", "-U", "crosswalk", "--locale=C.UTF-8"])
    options = f"-k {folder} -p {port} -c listen_addresses='' -c fsync=off"
    run([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
    try:
        yield [str(programs / "psql"), "-h", str(folder), "-p", port, "-U", "crosswalk", "-d", "postgres", "-v",
               "ON_ERROR_STOP=1", "-q", "-X"]  # fmt: skip
    finally:
        run([programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])


def _free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])


def answer_in_postgres(psql: list[str], build: Path, folder: Path) -> None:
    """Runs the script by psql and writes <question>.csv into `folder`/postgres."""
    (folder / "postgres").mkdir()
    script = folder / "postgres" / "script.sql"
    loads = "".join(f"\\copy {name} from '{folder}/{name}.csv' csv header\n" for name in ("claims", "code_lists"))
    asks = "".join(
        f"\\copy ({query}) to '{folder}/postgres/{name}.csv' csv header\n" for name, query in QUESTIONS.items()
    )
    script.write_text(write_script(choose_dialect("postgres"), str(build)) + loads + "analyze;\n" + asks)
    subprocess.run([*psql, "-f", script], check=True)


def rows_of(source: str, *, like: str | None = None) -> list[tuple[object, ...]]:
    """The rows of a file of answers, in one order; texts become the types that those of `like` have."""
    with duckdb.connect() as database:
        if like is None:
            return database.execute(f"from '{source}' order by all").fetchall()
        types = dict(database.execute(f"select column_name, column_type from (describe from '{like}')").fetchall())
        return database.execute(f"from read_csv('{source}', types = {types}) order by all").fetchall()
