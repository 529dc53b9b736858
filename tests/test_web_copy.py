"""A release on a web server: packed, verified, and asked by DuckDB over http without being downloaded (make web)."""

import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.build import build
from pipeline.build_options import BuildOptions
from pipeline.catalogue.sources import read_catalogue
from pipeline.run.progress import Progress

PACK = PROJECT / ".ci" / "pack-release"
# DuckDB with its extension httpfs: the newest on PyPI is for a DuckDB before ours, so it has an environment of its own.
WEB = PROJECT / ".venv" / "web" / "bin" / "python"
needs_web = pytest.mark.skipif(not WEB.is_file(), reason="NOT TESTED OVER HTTP: DuckDB's httpfs is missing (make web)")
MOST_FOR_A_CODE = 2_000_000  # bytes
ASKED = """
import duckdb, duckdb_extension_httpfs, json, pathlib, sys, urllib.request
site = sys.argv[1]
def sent():
    return int(urllib.request.urlopen(f"{site}/sent").read())
database = duckdb.connect()
(extension,) = pathlib.Path(duckdb_extension_httpfs.__file__).parent.rglob("*.duckdb_extension")
database.execute(f"load '{extension}'")
database.execute(f"attach '{site}/crosswalk.duckdb' as xw (read_only)")
opened = sent()
answers = {"opened": (opened, None)}
for name, table in (("database", "xw.codes"), ("parquet", f"'{site}/codes.parquet'")):
    question = f"select code, description from {table} where system = 'ICD10CM' and code = 'E119'"
    rows = database.execute(question).fetchall()
    answers[name] = (sent(), rows)
print(json.dumps(answers))
"""


class Ranges(http.server.BaseHTTPRequestHandler):
    """Files of a folder, whole or in part; /sent tells how many bytes went out since it was last asked."""

    protocol_version = "HTTP/1.1"
    folder: Path
    bytes_sent = 0

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def do_GET(self) -> None:
        if self.path == "/sent":
            self._send(200, str(Ranges.bytes_sent).encode())
            Ranges.bytes_sent = 0
        else:
            self._answer(with_content=True)

    def _answer(self, *, with_content: bool) -> None:
        path = self.folder / self.path.lstrip("/")
        if not path.is_file():
            self._send(404, b"")
            return
        size, asked = path.stat().st_size, re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), min(int(asked[2] or size - 1), size - 1)) if asked else (0, size - 1)
        with path.open("rb") as file:
            file.seek(first)
            content = file.read(last - first + 1) if with_content else b""
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        self.wfile.write(content)
        Ranges.bytes_sent += len(content)

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def release(official_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release: a public build of the full files, packed."""
    output = tmp_path_factory.mktemp("public")
    build(official_raw, output, read_catalogue(), Progress(print), BuildOptions(public=True, version="2026.11.0"))
    subprocess.run([PACK, "2026.11.0", output / "latest", output / "release"], check=True)
    return output / "release"


@pytest.fixture
def site(release: Path) -> Iterator[str]:
    """The address of a server with the release."""
    Ranges.folder = release
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@needs_web
def test_one_code_is_read_over_http_in_less_than_two_megabytes(site: str) -> None:
    run = subprocess.run([WEB, "-c", ASKED, site], capture_output=True, text=True, check=True)
    answers = json.loads(run.stdout)
    for name in ("database", "parquet"):
        sent, rows = answers[name]
        assert rows == [["E119", "Type 2 diabetes mellitus without complications"]]
        assert 0 < sent < MOST_FOR_A_CODE, answers


@needs_web
def test_the_hashes_of_a_release_are_those_of_its_files(release: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(release, tmp_path / "copy")
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=copy, check=False).returncode == 0
    (copy / "codes.parquet").write_bytes((copy / "codes.parquet").read_bytes()[:-1])
    assert subprocess.run(check, cwd=copy, capture_output=True, check=False).returncode == 1


def test_only_a_public_build_of_the_full_files_is_packed(excerpt_build: Path, tmp_path: Path) -> None:
    def refused(version: str, folder: Path) -> str:
        run = subprocess.run([PACK, version, folder, tmp_path / "out"], capture_output=True, text=True, check=False)
        assert run.returncode == 2
        assert not (tmp_path / "out").exists()
        return run.stdout

    assert "a version is a year, a month and a number" in refused("1.0", excerpt_build)
    assert "not a public build" in refused("2026.11.0", excerpt_build)
    public = shutil.copytree(excerpt_build, tmp_path / "public")
    package = public / "datapackage.json"
    package.write_text(package.read_text().replace('"excerpt": true', '"excerpt": true, "public": true'))
    assert "an excerpt is no release" in refused("2026.11.0", public)


def test_a_release_is_packed_under_the_version_of_its_build_alone(excerpt_build: Path, tmp_path: Path) -> None:
    build = shutil.copytree(excerpt_build, tmp_path / "build")
    package = build / "datapackage.json"
    text = package.read_text().replace('"excerpt": true', '"public": true')

    (tmp_path / "on-demand" / "sssom").mkdir(parents=True)

    def pack(version: str, of_build: str | None) -> subprocess.CompletedProcess[str]:
        package.write_text(text.replace("{", f'{{\n "version": "{of_build}",', 1) if of_build else text)
        command = [PACK, version, build, tmp_path / "out", tmp_path / "on-demand"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    for version, of_build in (("2026.11.0", None), ("2026.11.0", "2026.10.0"), ("2026.11.0", "2026.11.01")):
        assert "its version is not 2026.11.0" in pack(version, of_build).stdout
    for version in ("2026.01.0", "2026.13.0", "2026.11.01", "2026.11"):
        assert "a version is a year, a month and a number" in pack(version, version).stdout
    assert pack("2026.11.0", "2026.11.0").returncode == 0
    packed = {path.name for path in (tmp_path / "out").iterdir()}
    assert packed >= {"crosswalk.duckdb", "csv.tar.gz", "report.tar.gz", "sssom.tar.gz", "SHA256SUMS"}
    described = json.loads((tmp_path / "out" / "croissant.json").read_text())
    assert all((tmp_path / "out" / each["contentUrl"]).is_file() for each in described["distribution"])
