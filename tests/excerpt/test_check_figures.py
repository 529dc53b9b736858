"""What the excerpt declares that its files do not keep is what they do not keep."""

import tomllib

import pytest

from pipeline.catalogue.sample import SAMPLE
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.errors import RawFileError
from pipeline.ingest import ingest
from pipeline.ingest.check_figures import require_figures
from pipeline.layouts import LAYOUTS
from tests.conftest import EXCERPT

DECLARED = tomllib.loads((EXCERPT / SAMPLE).read_text("utf-8"))["not_kept"]


def test_every_declaration_names_a_figure_of_a_layout_and_stands_once() -> None:
    known = {
        (layout, figure.name)
        for layout, own in LAYOUTS.items()
        for figures in own.figures.values()
        for figure in figures
    }
    named = [(each["layout"], each["figure"]) for each in DECLARED]
    assert set(named) <= known
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("entry", DECLARED, ids=lambda entry: f"{entry['layout']}: {entry['figure']}")
def test_each_figure_that_is_declared_is_broken_by_a_file_of_the_excerpt(entry: dict[str, str]) -> None:
    own, broken = LAYOUTS[entry["layout"]], []
    for release in survey_raw(EXCERPT, read_catalogue()).found:
        if release.source.layout != entry["layout"]:
            continue
        for frame in ingest(release, own.readers).frames:
            figures = [each for each in own.figures.get(frame.part, ()) if each.name == entry["figure"]]
            try:
                require_figures(frame.where, frame.table, figures)
            except RawFileError as problem:
                broken.append(problem.where)
    assert broken
