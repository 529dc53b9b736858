"""The public contract: one pandera model per published table. The dictionary is generated from them."""

from schemas.pandera_alone import load_pandera

load_pandera()

from pandera.errors import SchemaErrors
from pandera.typing import DataFrame

from schemas.categories import Categories
from schemas.cc_exclusions import CcExclusions
from schemas.clusters import Clusters
from schemas.code_changes import CodeChanges
from schemas.code_history import CodeHistory
from schemas.code_rules import CodeRules
from schemas.codes import Codes
from schemas.crosswalk_exceptions import CrosswalkExceptions
from schemas.crosswalk_quality import CrosswalkQuality
from schemas.crosswalks import Crosswalks
from schemas.grouping_versions import GroupingVersions
from schemas.mappings import Mappings
from schemas.msdrgs import MsDrgs
from schemas.ndc_units import NdcUnits
from schemas.notes import Notes
from schemas.policies import Policies
from schemas.policy_codes import PolicyCodes
from schemas.releases import Releases
from schemas.rule_lists import RuleLists
from schemas.sections import Sections
from schemas.seventh_characters import SeventhCharacters
from schemas.systems import Systems
from schemas.terms import Terms
from schemas.types import Table
from schemas.validity import Validity

__all__ = ["TABLES", "DataFrame", "SchemaErrors", "Table"]
TABLES: dict[str, type[Table]] = {
    "systems": Systems,
    "releases": Releases,
    "sections": Sections,
    "codes": Codes,
    "code_history": CodeHistory,
    "validity": Validity,
    "code_changes": CodeChanges,
    "crosswalks": Crosswalks,
    "mappings": Mappings,
    "clusters": Clusters,
    "categories": Categories,
    "grouping_versions": GroupingVersions,
    "crosswalk_quality": CrosswalkQuality,
    "crosswalk_exceptions": CrosswalkExceptions,
    "policies": Policies,
    "policy_codes": PolicyCodes,
    "ndc_units": NdcUnits,
    "terms": Terms,
    "notes": Notes,
    "seventh_characters": SeventhCharacters,
    "code_rules": CodeRules,
    "rule_lists": RuleLists,
    "cc_exclusions": CcExclusions,
    "msdrgs": MsDrgs,
}
