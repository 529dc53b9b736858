"""From raw files to text frames: every row, every column a string, nothing interpreted.

A layout is a table from the parts of a release to the reader of each part. A reader takes where it reads (for its
errors) and the bytes, and returns one row per record with the line it stands on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyarrow as pa

from pipeline.catalogue.survey import RawRelease
from pipeline.ingest.addenda import read_order_addenda
from pipeline.ingest.anweb import read_anweb
from pipeline.ingest.archive import open_members
from pipeline.ingest.causes_113 import read_causes_113
from pipeline.ingest.conversion import read_icd10cm_conversion, read_icd10pcs_conversion
from pipeline.ingest.gem import read_gem
from pipeline.ingest.groupers import read_ccs, read_ccsr_csv, read_ccsr_workbook, read_hcc
from pipeline.ingest.icd9_titles import read_diagnosis_titles, read_procedure_titles, read_title_csv
from pipeline.ingest.licensed import (
    read_cpt_columns,
    read_cpt_modifiers,
    read_cpt_tab,
    read_who_blocks,
    read_who_chapters,
    read_who_codes,
)
from pipeline.ingest.mortality import read_icd9_causes, read_icd10_causes
from pipeline.ingest.order_file import read_order_file
from pipeline.ingest.reimbursement import read_reimbursement
from pipeline.ingest.tabular import read_tabular_rtf, read_tabular_xml

Reader = Callable[[str, bytes], pa.Table]

LAYOUTS: dict[str, dict[str, Reader]] = {
    "order_file": {"order": read_order_file, "addenda": read_order_addenda},
    "icd9_titles": {
        "dx_short": read_diagnosis_titles,
        "dx_long": read_diagnosis_titles,
        "px_short": read_procedure_titles,
        "px_long": read_procedure_titles,
        "dx_titles": read_title_csv,
        "px_titles": read_title_csv,
    },
    "anweb": {"records": read_anweb},
    "mortality_list": {"list": read_icd10_causes},
    "ucod": {"list": read_icd9_causes},
    "cpt_files": {
        "long": read_cpt_tab,
        "medium": read_cpt_columns,
        "short": read_cpt_columns,
        "modifiers": read_cpt_modifiers,
    },
    "who_meta": {"codes": read_who_codes, "chapters": read_who_chapters, "blocks": read_who_blocks},
    "icd10cm_conversion": {"table": read_icd10cm_conversion},
    "icd10pcs_conversion": {"table": read_icd10pcs_conversion},
    "tabular_xml": {"tabular": read_tabular_xml},
    "tabular_rtf": {"dx": read_tabular_rtf, "px": read_tabular_rtf},
    "gem": {"forward": read_gem, "backward": read_gem},
    "reimbursement": {"map": read_reimbursement},
    "ccsr": {"mapping": read_ccsr_csv, "workbook": read_ccsr_workbook},
    "ccs": {"mapping": read_ccs},
    "hcc": {"mapping": read_hcc},
    "nchs_113": {"program": read_causes_113},
}
SLOW, LARGE = {"tabular_rtf"}, 200_000


@dataclass(frozen=True)
class TextFrame:
    """One raw member as text: `table` has a row per record, and `line`, where in the member it stands."""

    part: str
    where: str
    table: pa.Table

    @property
    def file_name(self) -> str:
        """The publisher's name of the file that was read."""
        return file_name(self.where)


def file_name(where: str) -> str:
    """The base name of the file at a place such as `folder/archive.zip!member.txt`."""
    return PurePosixPath(where.rpartition("!")[2]).name


def is_readable(delivery: RawRelease) -> bool:
    """Whether this version has a reader for the layout of a release."""
    return delivery.source.layout in LAYOUTS


def is_slow(delivery: RawRelease) -> bool:
    """Whether a release is large and its layout read by a library that holds the interpreter for seconds."""
    return delivery.source.layout in SLOW and sum(path.stat().st_size for path in delivery.paths) > LARGE


def ingest(delivery: RawRelease) -> Iterator[TextFrame]:
    """The text frames of one release, its hash verified first. Raises RawFileError as the readers do."""
    delivery.verify()
    readers = LAYOUTS[delivery.source.layout]
    for member in open_members(delivery, wanted=readers):
        yield TextFrame(member.part, member.where, readers[member.part](member.where, member.raw))
