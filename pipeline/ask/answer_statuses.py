"""What answers say in a word beside what is said of a reading, and which of those words are a no, or not known.

A module of its own: a look-up needs the words, and not the translating.
"""

from typing import Final

from pipeline.ask.resolve_codes import NO, NOT_KNOWN

TRANSLATED, HAS_NO_MAP, NOT_ASSIGNED, NOT_BRIDGED = "translated", "no_map", "not_assigned", "not_bridged"
NEWER, OLDER, OTHER_FIELD = "newer_than_map", "older_than_map", "other_field"
IN_CATEGORY: Final = "same_category"
IS_NO: Final = NO | {OTHER_FIELD, IN_CATEGORY}
UNANSWERED: Final = frozenset({NOT_KNOWN, NOT_BRIDGED, NEWER, OLDER})  # what this build, or anybody, does not know
