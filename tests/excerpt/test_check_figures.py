"""What the excerpt declares that its files do not keep is what they do not keep."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from pipeline.catalogue.sample import SAMPLE
from pipeline.catalogue.sources import read_catalogue
from pipeline.catalogue.survey import survey_raw
from pipeline.crosswalk.registry import read_crosswalks
from pipeline.errors import RawFileError
from pipeline.gate.completeness import EVERY_CODE, LEFT_OUT, read_complete_maps
from pipeline.ingest import ingest
from pipeline.ingest.check_figures import require_figures
from pipeline.layouts import LAYOUTS
from tests.conftest import EXCERPT

DECLARED = tomllib.loads((EXCERPT / SAMPLE).read_text("utf-8"))["not_kept"]
OF_FILES = [entry for entry in DECLARED if entry["figure"] != EVERY_CODE]


def test_every_declaration_names_a_figure_of_a_layout_and_stands_once() -> None:
    known = {
        (layout, figure.name)
        for layout, own in LAYOUTS.items()
        for figures in own.figures.values()
        for figure in figures
    }
    known |= {(layout_of(crosswalk), EVERY_CODE) for crosswalk in read_complete_maps()}
    named = [(each["layout"], each["figure"]) for each in DECLARED]
    assert set(named) <= known
    assert len(set(named)) == len(named)


def layout_of(crosswalk: str) -> str:
    return read_catalogue()[str(read_crosswalks()[crosswalk].source)].layout


@pytest.mark.parametrize("entry", OF_FILES, ids=lambda entry: f"{entry['layout']}: {entry['figure']}")
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


def test_the_layouts_whose_maps_lack_codes_of_the_excerpt_are_those_that_it_declares(excerpt_build: Path) -> None:
    mappings = pd.read_parquet(excerpt_build / "parquet" / "mappings.parquet")
    lacking = set(mappings.loc[mappings["status"] == LEFT_OUT, "crosswalk"]) & {*read_complete_maps()}
    assert {layout_of(each) for each in lacking} == {
        entry["layout"] for entry in DECLARED if entry["figure"] == EVERY_CODE
    }
