"""What a row of a crosswalk claims, by the crosswalk's `relation`: whether it translates a code, and in which words."""

from dataclasses import dataclass
from typing import Final

EQUIVALENCE: Final = "equivalence"
SUCCESSION: Final = "succession"
GROUPING: Final = "grouping"
PACKAGING: Final = "packaging"
SAME_CATEGORY: Final = "same_category"

DATED_BY_RELEASE: Final = frozenset({GROUPING, PACKAGING})  # a row holds on the days of its release, and on no other


@dataclass(frozen=True)
class RelationMeaning:
    """What the rows of one code say: whether they translate it, whether they all hold together, and that in words."""

    translates: bool
    holds_together: bool
    words: str


ALTERNATIVES = (
    "Rows of scenario 0 are alternatives, each alone. Rows of another scenario belong together: take one target from "
    "each choice list, and all of those together stand for the source."
)
# The values of `crosswalks.relation`.
RELATION_MEANINGS = {
    EQUIVALENCE: RelationMeaning(True, False, ALTERNATIVES),
    SUCCESSION: RelationMeaning(True, False, ALTERNATIVES),
    GROUPING: RelationMeaning(True, True, "Rows of a code are its categories: all of them hold together."),
    SAME_CATEGORY: RelationMeaning(False, True, "Rows join codes that share a category: none stands for another."),
    "coverage": RelationMeaning(False, True, "Rows are codes that a policy lists together: none stands for another."),
    PACKAGING: RelationMeaning(
        True, False, "Rows are the codes that a product is billed by, alternatives: which one depends on its use."
    ),
}
UNKNOWN_RELATION = RelationMeaning(False, True, "What its rows claim is not known to this version.")


def meaning_of(relation: str) -> RelationMeaning:
    """What rows of a relation claim. One that a newer version wrote translates nothing."""
    return RELATION_MEANINGS.get(relation, UNKNOWN_RELATION)
