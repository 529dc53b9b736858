"""What the page calls systems, groupings and crosswalks: `readable_names.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _entries() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def name_system(system: str) -> str:
    """A system or a grouping as people call it; one that has no other name by its id.

    >>> [name_system(each) for each in ("ICD10CM", "CPT4", "CMS-HCC V28")]
    ['ICD-10-CM', 'CPT', 'CMS-HCC V28']
    """
    return str(_entries()["systems"].get(system, system))


def with_readable_names(text: str) -> str:
    """A text in which systems stand by their names, not by their ids.

    >>> with_readable_names("ICD10PCS came after ICD9Proc: icd9proc_forward")
    'ICD-10-PCS came after ICD-9-CM volume 3: icd9proc_forward'
    """
    return _ids().sub(lambda found: name_system(found.group()), text)


@cache
def _ids() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _entries()['systems']))})\b")


def name_crosswalk(crosswalk: str) -> str:
    """What a crosswalk is, in a word or two; of most groupings nothing: the target says it.

    >>> [name_crosswalk(each) for each in ("gem_icd9cm_icd10cm", "icd9cm_icd10cm_current", "ccsr_icd10cm")]
    ['GEM', 'current', '']
    """
    return _kind_of(crosswalk).get("name", "")


def title_crosswalk(crosswalk: str) -> str:
    """What a crosswalk is, in full; of most groupings nothing.

    >>> title_crosswalk("conversion_icd10cm")
    'Conversion table'
    """
    return _kind_of(crosswalk).get("title", "")


def _kind_of(crosswalk: str) -> dict[str, str]:
    def fits(kind: dict[str, str]) -> bool:
        """Whether a crosswalk is named as those of a kind are."""
        return crosswalk.startswith(kind.get("begins", "")) and crosswalk.endswith(kind.get("ends", ""))

    return next(filter(fits, _entries()["kinds"]), {})
