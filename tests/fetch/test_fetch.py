"""Fetching: what ends up in the raw folder, and what is asked for."""

import errno
import hashlib
import re
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.catalogue.sources import read_catalogue
from pipeline.run.made_here import MADE, made_here
from tests.fetch.site import ENTRY, KEY, NEW_CODE, URL, Site, order_zip
from tests.publisher import Steps, Visit, addressed_sources, open_publisher, posted, posted_excerpt, serve
from tests.samples import (
    EXCERPT,
    ORDER_LINES,
    SOURCES,
    before_the_last,
    copy_declarations,
    hashes,
    order_line,
    run,
    text_of,
)


def pins_of(site: Site) -> dict[str, dict[str, object]]:
    return tomllib.loads((site.raw / "fetched.toml").read_text("utf-8"))


def test_file_is_stored_under_its_name_and_its_hash_recorded(site: Site) -> None:
    result = site.fetch()
    assert result.exit_code == 0, result.output
    content = site.publisher.files[URL]
    assert site.stored.read_bytes() == content
    assert site.raw_files() == {KEY, "fetched.toml"}
    (pin,) = pins_of(site).values()
    assert pin["sha256"] == hashlib.sha256(content).hexdigest()
    assert (pin["url"], pin["bytes"]) == (URL, len(content))
    assert f"fetched    {KEY} (" in result.output
    assert result.output.splitlines()[-1] == "done       1 new files, 0 addresses unchanged, 0 with nothing there"


def test_agent_names_the_project_and_asks_for_the_file_as_it_is(site: Site) -> None:
    site.fetch()
    (visit,) = site.publisher.visits
    assert visit.headers["User-Agent"].startswith("crosswalk/")
    assert "crosswalk-codes" in visit.headers["User-Agent"]
    assert visit.headers["Accept-Encoding"] == "identity"


def test_second_fetch_asks_whether_anything_changed_and_gets_nothing(site: Site) -> None:
    site.fetch()
    before = {path: path.stat().st_mtime_ns for path in site.raw.rglob("*.zip")}
    site.publisher.behave()
    result = site.fetch()
    assert result.exit_code == 0
    (visit,) = site.publisher.visits
    assert visit.status == 304
    assert {path: path.stat().st_mtime_ns for path in site.raw.rglob("*.zip")} == before


def test_file_that_somebody_put_there_is_not_fetched_again(site: Site) -> None:
    site.stored.parent.mkdir(parents=True)
    site.stored.write_bytes(site.publisher.files[URL])
    site.fetch()
    site.publisher.behave()
    assert site.fetch().exit_code == 0
    assert [visit.status for visit in site.publisher.visits] == [304]


def test_damaged_file_is_fetched_again(site: Site) -> None:
    site.fetch()
    site.stored.write_bytes(b"damaged")
    assert site.fetch().exit_code == 0
    assert site.stored.read_bytes() == site.publisher.files[URL]


@pytest.mark.parametrize("name", [".incoming", ".incoming-files"])
def test_a_folder_of_somebody_in_the_raw_folder_is_not_deleted_whatever_it_is_called(site: Site, name: str) -> None:
    (site.raw / name).mkdir(parents=True)
    (site.raw / name / "mail").write_text("mine", "utf-8")
    assert site.fetch().exit_code == 0
    assert (site.raw / name / "mail").read_text("utf-8") == "mine"
    assert site.stored.is_file()
    assert {path.name for path in site.raw.glob(".incoming*")} == {name}


def test_what_a_killed_fetch_left_is_deleted_by_the_next(site: Site) -> None:
    (site.raw / ".incoming-files").mkdir(parents=True)
    (site.raw / ".incoming-files" / "0").write_text("half", "utf-8")
    (site.raw / MADE).write_text(".incoming-files\n", "utf-8")
    assert site.fetch().exit_code == 0
    assert not list(site.raw.glob(".incoming*"))
    assert made_here(site.raw) == set()


@pytest.mark.parametrize("is_pinned", [True, False])
def test_a_file_that_may_not_be_read_is_fetched_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, is_pinned: bool
) -> None:
    """Who may write into its folder puts one there that may be read."""
    if is_pinned:
        site.pin()
    site.stored.parent.mkdir(parents=True)
    site.stored.write_bytes(site.publisher.files[URL])
    forbidden, opening = site.stored.stat().st_ino, Path.open

    def open_allowed(path: Path, *rest: object, **options: object) -> object:
        if path == site.stored and path.stat().st_ino == forbidden:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opening(path, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", open_allowed)
    result = site.fetch()
    assert result.exit_code == 0, result.output
    assert site.stored.stat().st_ino != forbidden


def test_dry_run_asks_nothing_and_writes_nothing(site: Site) -> None:
    result = site.fetch("--all", "--dry-run")
    assert result.exit_code == 0
    assert re.search(rf"to fetch .* {KEY}  {URL}", result.output)
    assert site.publisher.visits == []
    assert not site.raw.exists()


LATER = ENTRY.replace("2025-10-01", "2026-10-01").replace("order.zip", "later.zip")
GUESSED = LATER.replace("2026", "2027").replace("later", "guessed") + 'url_status = "unconfirmed"\n'


@pytest.mark.parametrize(
    ("options", "years"),
    [
        (["--all"], ["2025", "2026", "2027"]),
        (["icd10cm"], ["2025", "2026", "2027"]),
        (["--latest"], ["2026", "2027"]),
        (["--release", "2025-10-01"], ["2025"]),
        (["icd10cm", "--release", "2026-10-01"], ["2026"]),
    ],
    ids=" ".join,
)
def test_what_is_chosen(site: Site, options: list[str], years: list[str]) -> None:
    site.write_entry(ENTRY + LATER + GUESSED)
    result = site.fetch(*options, "--dry-run")
    assert re.findall(r"icd10cm/(\d{4})-", result.output) == years


@pytest.mark.parametrize(
    "options",
    [
        ["--dry-run"],
        ["--all", "--latest"],
        ["--release", "1999-01-01"],
        ["--all", "--mirror", "http://x"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(site: Site, options: list[str]) -> None:
    result = site.fetch(*options)
    assert result.exit_code == 2
    assert "  next:     " in result.stderr
    assert site.publisher.visits == []


def test_guessed_address_with_nothing_there_is_no_failure(site: Site) -> None:
    site.write_entry(ENTRY + GUESSED)
    result = site.fetch()
    assert result.exit_code == 0
    assert "absent     icd10cm/2027-10-01: status 404" in result.output
    assert "1 with nothing there" in result.output


@pytest.mark.parametrize("status", ["gone", "repacked"])
def test_address_that_is_no_longer_good_is_not_asked_for(site: Site, status: str) -> None:
    site.write_entry(ENTRY + LATER + f'url_status = "{status}"\n')
    assert site.fetch().exit_code == 0
    assert [visit.url for visit in site.publisher.visits] == [URL]


def test_file_that_is_here_survives_its_address(site: Site) -> None:
    site.fetch()
    del site.publisher.files[URL]
    result = site.fetch()
    assert result.exit_code == 0
    assert "warning:   icd10cm/2025-10-01: status 404" in result.stderr
    assert site.stored.is_file()


def test_one_that_fails_does_not_stop_the_others(site: Site) -> None:
    site.write_entry(LATER + ENTRY)
    result = site.fetch()
    assert result.exit_code == 5
    assert site.stored.is_file()


@pytest.mark.parametrize("name", ["../order.zip", ".order.zip", "a/order.zip", ""])
def test_name_that_would_leave_its_folder_is_refused(site: Site, name: str) -> None:
    site.write_entry(ENTRY.replace('file = "order.zip"', f'file = "{name}"'))
    assert site.fetch().exit_code == 2
    assert site.raw_files() == set()


@pytest.mark.parametrize("folder", ["/elsewhere", "icd10cm/../../x", "../x"])
def test_folder_that_would_leave_the_raw_folder_is_refused(site: Site, folder: str) -> None:
    site.write_entry(ENTRY + f'folder = "{folder}"\n')
    assert site.fetch().exit_code == 2
    assert not site.raw.exists()


def test_excerpt_is_never_written_to(site: Site) -> None:
    before = hashes(EXCERPT)
    result = run("fetch", "--all", "--raw", str(EXCERPT), "--mirror", site.publisher.address)
    assert result.exit_code == 2
    assert "is not fetched into" in result.stderr
    assert hashes(EXCERPT) == before
    assert site.publisher.visits == []


# Licensed sources


@pytest.mark.parametrize(
    ("source", "says"),
    [("cpt", ["ama-assn.org", "LONGU", "cpt/<release>"]), ("who_icd10", ["who.int", "icd102019enMeta.zip", "2019"])],
)
def test_licensed_source_is_never_fetched_and_the_message_says_what_to_obtain(
    site: Site, source: str, says: list[str]
) -> None:
    result = run("fetch", source, "--mirror", site.publisher.address, "--raw", str(site.raw))
    assert result.exit_code == 2
    assert all(each in result.stderr for each in ["is never fetched", str(site.raw / source), *says])
    assert site.publisher.visits == []


def test_licensed_sources_are_named_beside_the_others(site: Site) -> None:
    result = run("fetch", "--all", "--dry-run", "--raw", str(site.raw))
    assert "licensed   cpt is never fetched" in result.output
    assert "who.int/icd10/meta" not in result.output


# Members of archives, and files of two sources


def zip_of(**members: bytes) -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"a folder/{name}.txt", content)
    return body.getvalue()


def test_members_of_one_zip_are_taken_out_and_it_is_fetched_once(site: Site) -> None:
    first = ENTRY.replace('"order.zip"', '"one order.txt"') + r"unpack = '.*/one\.txt'" + "\n"
    second = ENTRY.replace('"order.zip"', '"two order.txt"') + r"unpack = '.*/two\.txt'" + "\n"
    site.write_entry(first + second)
    one, two = text_of(ORDER_LINES), before_the_last(order_line(1, "T07", 1, "Injuries"))
    site.publisher.files[URL] = zip_of(one=one, two=two, three=b"3")
    assert site.fetch().exit_code == 0
    assert site.raw_files() == {f"icd10cm/2025-10-01/{n} order.txt" for n in ("one", "two")} | {"fetched.toml"}
    assert (site.stored.parent / "two order.txt").read_bytes() == two
    assert len(site.publisher.visits) == 1
    assert site.fetch().exit_code == 0
    assert site.publisher.visits[-1].status == 304


@pytest.mark.parametrize("pattern", ["nothing", ".*"])
def test_zip_without_the_member_is_refused(site: Site, pattern: str) -> None:
    site.write_entry(ENTRY.replace('"order.zip"', '"order.txt"') + f"unpack = '{pattern}'\n")
    site.publisher.files[URL] = zip_of(one=b"1", two=b"2")
    result = site.fetch()
    assert result.exit_code == 3
    assert f"one member like {pattern}" in result.stderr
    assert site.raw_files() == set()


def test_file_of_two_sources_is_fetched_once(site: Site) -> None:
    other = (site.project.catalogue / "icd10cm.toml").read_text("utf-8").replace('source = "icd10cm"', 'source = "b"')
    folder = '[[release]]\nfolder = "icd10cm/2025-10-01"'
    (site.project.catalogue / "b.toml").write_text(other.replace("[[release]]", folder), encoding="utf-8")
    assert site.fetch().exit_code == 0
    assert site.raw_files() == {KEY, "fetched.toml"}
    assert len(site.publisher.visits) == 1


def test_entries_of_the_project_whose_address_is_a_zip_of_the_stored_file_say_so() -> None:
    for source in read_catalogue().values():
        for each in source.releases:
            is_zip = (each.url or "").lower().endswith(".zip")
            assert bool(each.unpack) == (is_zip and not (each.file or "").lower().endswith(".zip")), each


# Re-posted files


def test_changed_content_of_a_file_without_a_hash_is_set_aside_and_used_only_when_accepted(site: Site) -> None:
    site.fetch()
    first = site.stored.read_bytes()
    second = order_zip(site.raw.parent, NEW_CODE)
    site.publisher.files[URL] = second
    aside = site.stored.with_name(f"order.zip.reposted-{hashlib.sha256(second).hexdigest()[:12]}")

    result = site.fetch()
    assert result.exit_code == 3
    assert "the publisher re-posted the file" in result.stderr
    assert "--accept-changed icd10cm/2025-10-01" in result.stderr
    assert (site.stored.read_bytes(), aside.read_bytes()) == (first, second)

    site.publisher.behave()
    again = site.fetch()
    assert again.exit_code == 0
    assert f"warning: icd10cm/2025-10-01: {aside} was set aside and is not used" in again.stderr
    assert site.publisher.bodies() == []

    assert site.fetch("--all", "--accept-changed", "icd10cm/2025-10-01").exit_code == 0
    assert site.stored.read_bytes() == second
    assert not aside.exists()
    assert site.fetch().stderr == ""
    assert site.project.build().exit_code == 0


def test_hash_of_the_catalogue_is_binding_until_other_content_is_accepted(site: Site) -> None:
    site.pin()
    site.publisher.files[URL] = order_zip(site.raw.parent, NEW_CODE)
    assert [site.fetch().exit_code for _ in range(2)] == [3, 3]
    assert not site.stored.exists()
    assert site.fetch("--all", "--accept-changed", "icd10cm/2025-10-01").exit_code == 0
    assert site.project.build().exit_code == 0
    assert site.fetch().exit_code == 0


def test_accepted_content_gives_way_to_a_new_hash_in_the_catalogue(site: Site) -> None:
    first = site.publisher.files[URL]
    site.pin()
    site.publisher.files[URL] = order_zip(site.raw.parent, NEW_CODE)
    site.fetch("--all", "--accept-changed", "icd10cm/2025-10-01")
    site.publisher.files[URL] = order_zip(site.raw.parent, NEW_CODE.replace("U999", "U998"))
    site.pin()
    assert site.project.build().exit_code == 3
    assert site.fetch().exit_code == 0
    assert site.project.build().exit_code == 0
    assert site.stored.read_bytes() not in (first, b"")


def test_set_aside_files_are_no_strangers(site: Site) -> None:
    site.fetch()
    site.publisher.files[URL] = order_zip(site.raw.parent, NEW_CODE)
    site.fetch()
    assert any(".reposted-" in name for name in site.raw_files())
    assert "warning" not in site.project.build().stderr


def test_accepting_what_is_not_fetched_is_wrong_usage(site: Site) -> None:
    result = site.fetch("--all", "--accept-changed", "icd10cm/1999-10-01")
    assert result.exit_code == 2
    assert "name it as SOURCE/RELEASE" in result.stderr


def test_changed_file_is_refused_by_a_build_that_knows_only_the_record(site: Site) -> None:
    site.fetch()
    site.stored.write_bytes(order_zip(site.raw.parent, NEW_CODE))
    result = site.project.build()
    assert result.exit_code == 3
    assert "sha256" in result.stderr


def test_list_of_fetched_files_that_is_none_is_wrong_usage(site: Site) -> None:
    site.fetch()
    (site.raw / "fetched.toml").write_text("= 1", encoding="utf-8")
    assert site.fetch().exit_code == 2
    assert site.project.build().exit_code == 2


# Manners


def test_no_host_gets_more_than_two_connections(site: Site) -> None:
    entries = [ENTRY.replace("order.zip", f"{number}.zip") for number in range(12)]
    site.write_entry("".join(entries))
    for number in range(12):
        site.publisher.files[URL.replace("order", str(number))] = site.publisher.files[URL]
        site.publisher.misbehave(URL.replace("order", str(number)), slowly)
    assert site.fetch().exit_code == 0
    assert len(site.publisher.visits) == 12
    assert site.publisher.most_connections == 2
    site.publisher.all_connections = 0
    site.publisher.behave()
    assert site.fetch().exit_code == 0
    assert {visit.status for visit in site.publisher.visits} == {304}
    assert site.publisher.all_connections == 2, "a connection is used again"


def slowly(visit) -> None:
    import time

    time.sleep(0.05)
    serve(visit)


def test_transfer_that_was_cut_is_taken_up_where_it_stopped(site: Site) -> None:
    site.publisher.misbehave(URL, Steps.cut(after=100), serve)
    assert site.fetch().exit_code == 0
    assert [visit.status for visit in site.publisher.visits] == [200, 206]
    assert site.publisher.visits[1].headers["Range"] == "bytes=100-"
    assert site.stored.read_bytes() == site.publisher.files[URL]


def test_transfer_that_was_cut_is_begun_anew_where_the_file_changed_meanwhile(site: Site) -> None:
    second = order_zip(site.raw.parent, NEW_CODE)

    def change(visit) -> None:
        site.publisher.files[URL] = visit.content = second
        serve(visit)

    site.publisher.misbehave(URL, Steps.cut(after=100), change)
    assert site.fetch().exit_code == 0
    assert site.stored.read_bytes() == second


def test_part_that_was_not_asked_for_is_not_put_behind_the_first(site: Site) -> None:
    def other_part(visit: Visit) -> None:
        assert visit.content is not None
        visit.send(206, visit.content[50:], Content_Range=f"bytes 50-{len(visit.content) - 1}/{len(visit.content)}")

    site.publisher.misbehave(URL, Steps.cut(after=100), other_part, serve)
    assert site.fetch().exit_code == 0
    assert site.stored.read_bytes() == site.publisher.files[URL]


# Everything


def test_whole_excerpt_is_fetched_and_built_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: object
) -> None:
    sources = addressed_sources(EXCERPT, SOURCES)
    files = posted_excerpt(EXCERPT, SOURCES, tmp_path / "sources", sources)
    options = ("--raw", str(tmp_path / "raw"), "--catalogue", str(tmp_path / "sources"))
    (tmp_path / "raw").mkdir()
    copy_declarations(tmp_path / "raw")
    with open_publisher(files, tmp_path) as publisher:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(publisher.authority))
        result = run("fetch", "--all", *options, "--mirror", publisher.address)
    assert result.exit_code == 0, result.output
    assert f"done       {len(files)} new files" in result.output
    build = run("build", *options, "--output", str(tmp_path / "output"))
    assert build.exit_code == 0, build.output
    assert "warning" not in build.stderr


def test_official_files_are_fetched_from_the_catalogues_addresses_with_the_catalogues_hashes(
    official_raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: object
) -> None:
    files = posted(read_catalogue(), official_raw)
    assert len(files) > 50
    raw = tmp_path / "raw"
    with open_publisher(files, tmp_path) as publisher:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(publisher.authority))
        result = run("fetch", "--all", "--raw", str(raw), "--mirror", publisher.address)
    assert result.exit_code == 5  # the catalogue knows more than lies in that folder
    stored = hashes(raw)
    here = hashes(official_raw)
    addressed = {
        f"{source.source}/{release.release}/{release.file}"
        for source in read_catalogue().values()
        for release in source.releases
        if release.is_offered
    }
    missing = {name for name in here if stored.get(name) != here[name]}
    as_xml = {name.rpartition("/")[0] for name in stored if name.endswith(".xml")}  # of zips: named below
    assert sorted(name for name in missing & addressed if name.rpartition("/")[0] not in as_xml) == []
    assert sorted(name for name in stored if name not in here and not name.startswith(".")) == [
        "fetched.toml",
        "icd10cm_tabular/2021-01-01/icd10cm_tabular_2021.xml",
        "icd10pcs_tables/2024-10-01/icd10pcs_definitions_2025.xml",
        "icd10pcs_tables/2024-10-01/icd10pcs_tables_2025.xml",
    ]
