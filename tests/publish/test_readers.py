"""Readers of `latest` while another build is published, by the lines that docs/scheduling.md gives them."""

import re
import subprocess
from pathlib import Path

import pytest

from pipeline import PROJECT
from pipeline.publish.place import KEPT
from tests.publish.test_place import publish_text, set_age, title

PAGE = (PROJECT / "docs" / "scheduling.md").read_text("utf-8").partition("**Reading while it publishes.**")[2]


def line(language: str) -> str:
    """The one line for a language."""
    (found,) = re.findall(rf"```{language}\n(.*output/latest.*)\n```", PAGE)[:1]
    return found


def follow_in_python(output: Path) -> Path:
    names: dict[str, object] = {"Path": Path}
    exec(line("python").replace("output/latest", str(output / "latest")), names)
    build = names["build"]
    assert isinstance(build, Path)
    return build


def follow_in_shell(output: Path) -> Path:
    script = line("sh").replace("output/latest", str(output / "latest")) + '\nprintf %s "$build"'
    return Path(subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout)


FOLLOWING = {"python": follow_in_python, "sh": follow_in_shell}


@pytest.mark.parametrize("language", FOLLOWING)
def test_who_follows_the_link_once_reads_one_build_while_others_are_published(tmp_path: Path, language: str) -> None:
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    build = FOLLOWING[language](tmp_path)
    assert not build.is_symlink()
    for number in range(KEPT - 1):
        publish_text(tmp_path, f"{number:012}", "newer")
        assert title(build) == "text"
        assert title(tmp_path / "latest") == "newer", "who goes by the name reads another build now"
        set_age(build, 1)
    assert build == tmp_path / "aaaaaaaaaaaa"


def test_the_page_says_for_how_many_refreshes_a_build_stays(tmp_path: Path) -> None:
    assert "Three builds are kept, so that one stays readable for two refreshes" in " ".join(PAGE.split())
    publish_text(tmp_path, "aaaaaaaaaaaa", "text")
    build = follow_in_python(tmp_path)
    for number in range(KEPT):
        assert build.is_dir()
        set_age(build, 1)
        publish_text(tmp_path, f"{number:012}", "newer")
    assert not build.exists()
