"""A file that changes while a refresh is at work: never old rows under a new name, and never 'unchanged' for ever."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline import build
from pipeline.ask.build_files import is_whole
from pipeline.publish import naming
from pipeline.publish.naming import code_and_options
from pipeline.refresh import candidate
from pipeline.refresh import refresh as order
from tests.fetch.site import ENTRY, LATER, NEW_CODE, Site, order_zip
from tests.refresh.test_refresh import latest
from tests.samples import hashes

UNLISTED = '[[unlisted]]\nside = "source"\nat_most = 1\nreason = "of a test"\ncodes = "U9"\n'


@pytest.fixture
def unpinned(published: Site) -> Site:
    """A published build, and a next one to make: of a file that nobody pinned and that has no address any more."""
    published.post_later()
    published.write_entry("".join(line for line in ENTRY.splitlines(True) if not line.startswith("url")) + LATER)
    (published.raw / "fetched.toml").unlink()
    published.stored.write_bytes(order_zip(published.raw.parent, NEW_CODE))
    return published


def swap(site: Site) -> str:
    """Puts other content into the place of the file; returns its hash."""
    site.stored.write_bytes(order_zip(site.raw.parent, NEW_CODE, NEW_CODE.replace("00007 U999", "00008 U998")))
    return sha256_of(site)


def sha256_of(site: Site) -> str:
    return hashlib.sha256(site.stored.read_bytes()).hexdigest()


def hash_in_build(site: Site) -> str:
    """The hash that the build has of the file."""
    releases = pd.read_parquet(latest(site) / "parquet" / "releases.parquet").set_index("release")
    return str(releases.loc["2025-10-01", "sha256"])


def codes(site: Site) -> set[str]:
    return set(pd.read_parquet(latest(site) / "parquet" / "codes.parquet")["code"])


def swapping(monkeypatch: pytest.MonkeyPatch, site: Site, step: str, *, before: bool) -> None:
    """Swaps the file once, right before or after a step of the next build."""
    own: Callable[..., object] = getattr(candidate, step)
    left = [None]

    def swapped(*arguments: object, **options: object) -> object:
        if before and left:
            left.pop()
            swap(site)
        done = own(*arguments, **options)
        if not before and left:
            left.pop()
            swap(site)
        return done

    monkeypatch.setattr(candidate, step, swapped)


@pytest.mark.parametrize(
    ("step", "before", "is_refused"),
    [
        ("survey", False, False),
        ("hash_inputs", True, False),
        ("hash_inputs", False, True),
        ("name_of", True, True),
        ("read", True, True),
        ("read", False, False),
        ("derive_checked", True, False),
        ("export", True, False),
        ("record_missing", False, False),
    ],
)
def test_a_swap_at_any_step_gives_rows_and_hash_of_one_content_or_is_refused(
    unpinned: Site, monkeypatch: pytest.MonkeyPatch, step: str, before: bool, is_refused: bool
) -> None:
    contents = {sha256_of(unpinned): {"U999"}}
    first = hashes(latest(unpinned))
    with monkeypatch.context() as patch:
        swapping(patch, unpinned, step, before=before)
        exit_code = unpinned.refresh().exit_code
    contents[sha256_of(unpinned)] = {"U999", "U998"}
    assert len(contents) == 2
    if is_refused:
        assert exit_code == 3
        assert hashes(latest(unpinned)) == first
    else:
        assert exit_code == 0
        assert codes(unpinned) & {"U999", "U998"} == contents[hash_in_build(unpinned)]
    assert unpinned.refresh().exit_code == 0
    assert hash_in_build(unpinned) == sha256_of(unpinned), "the next run finds what is there now"
    assert {"U999", "U998"} <= codes(unpinned)
    assert is_whole(latest(unpinned))


def test_a_catalogue_that_is_edited_while_a_refresh_is_at_work_is_built_by_the_next(
    published: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.write_entry(ENTRY.replace("FY2026", "first"))
    fetch = order.fetch

    def edited(*arguments: object, **options: object) -> object:
        published.write_entry(ENTRY.replace("FY2026", "second"))
        return fetch(*arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(order, "fetch", edited)
        assert published.refresh().exit_code == 0
    assert labels(published) == ["first"]
    assert published.refresh().exit_code == 0
    assert labels(published) == ["second"]


def labels(site: Site) -> list[str]:
    return list(pd.read_parquet(latest(site) / "parquet" / "releases.parquet")["label"])


def test_a_build_is_named_by_the_declared_codes_that_it_was_checked_with(
    published: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.write_entry(ENTRY.replace("FY2026", "other"))
    name_of, names = candidate.name_of, list[str]()

    def declared_meanwhile(*arguments: object, **options: object) -> str:
        names.append(name_of(*arguments, **options))  # type: ignore[arg-type]
        (published.raw / "unlisted.toml").write_text(UNLISTED, "utf-8")
        return names[-1]

    with monkeypatch.context() as patch:
        for module in (candidate, build):  # which name it before and after it is read
            patch.setattr(module, "name_of", declared_meanwhile)
        assert published.refresh().exit_code == 0
    assert latest(published).name == names[-1] != names[0]
    again = published.refresh()
    assert again.exit_code == 0
    assert latest(published).name == names[-1]


def test_code_that_is_pulled_while_a_run_is_at_work_is_not_in_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = code_and_options([])
    for name in naming.CODE_FOLDERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "pulled.py").write_text("x = 1", "utf-8")
    monkeypatch.setattr(naming, "PROJECT", tmp_path)
    assert code_and_options([]) == before
