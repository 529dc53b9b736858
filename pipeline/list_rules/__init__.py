"""What of lists is a rule of both: the macros that every build's database has, and the questions of `ask`.

`FOUND_CODES` are the codes that entries of a list bring in. The rest is the rule by which a code list is converted.

It is asked from the target's side. A target code's alternatives are its own translations into the list's system, by the
published map and by the completed one, each told once. One without a member valid on the list's day is dropped; one is
in where its principal member is in the list: a target of scenario 0, the first choice list of a combination, and an
ICD-9-CM external cause of an adverse effect or self-harm, which ICD-10-CM says by the code itself. A code comes in from
one half of its alternatives on. The rest, and what only the list's own maps lead to, is for a person to judge; a code
of the list that leads nowhere has a row that says why. Later encounters of an injury (7th characters D to S) are listed
by teams all or not at all: `all` puts them where the first encounter stands, `initial` leaves them to judge, `mapped`
asks each code's own translation. Within a system the year-to-year tables take the place of the maps.
"""

from pathlib import Path
from typing import Final

FOUND_CODES: Final = Path(__file__).with_name("found_codes.sql").read_text(encoding="utf-8")
RULE: Final = Path(__file__).with_name("convert_list.sql").read_text(encoding="utf-8")
# A call, and of it a comment and the body.
LIST_MACROS: Final = {
    "convert_list(list, listed, target, list_day, target_day, encounters := 'mapped', members := 'principal')": (
        "A code list (a table or view with columns concept and code, codes without dots, named as text) of one system, "
        "valid on list_day, in another system, or the same one, on target_day: from convert_list('my_list', 'ICD9CM', "
        "'ICD10CM', date '2015-09-30', date '2025-10-01', encounters := 'all'). A row for each target code, and for "
        "each code of the list without one. status: include, review, none. encounters: mapped, all, initial. members: "
        "principal, any.",
        f"table {RULE}",
    )
}
