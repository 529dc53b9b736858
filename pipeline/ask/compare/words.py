"""Facts of systems in words that a newcomer to billing understands. Made of the registry's values, not of pairs."""

from itertools import combinations

from pipeline.ask.compare.profiles import Connection, Profile
from pipeline.ask.relations import EQUIVALENCE, GROUPING, SAME_CATEGORY, SUCCESSION, meaning_of

# One phrase for each value of `codes.setting`, and for what a kind of code says of a patient.
WHERE = {
    "inpatient": "hospital inpatients",
    "outpatient": "professional and outpatient claims",
    "any": "any setting, inpatient and outpatient",
    "mortality": "death certificates",
}
QUESTIONS = {"diagnosis": "why the patient was treated", "cause_of_death": "what the person died of"}
DONE = "what was done or supplied"
_TRANSLATED = (
    "{exact:,} exact, {approximate:,} approximate, {no_map:,} without equivalent; "
    "{several:,} have more than one target."
)
# What the covered codes of a crosswalk have, by its relation. Rows of a relation that is not here only speak of a code.
COVERED_CODES = {
    EQUIVALENCE: _TRANSLATED,
    SUCCESSION: _TRANSLATED,
    GROUPING: "{approximate:,} have a category, {several:,} of them more than one; {no_map:,} are said to have none.",
}


def as_field(kinds: list[str]) -> str:
    """The question that codes of some kinds answer."""
    return ", ".join(dict.fromkeys(QUESTIONS.get(kind, DONE) for kind in kinds))


def as_places(settings: list[str]) -> str:
    """Where codes are used; a setting that has no words here stands as the build has it."""
    return ", ".join(WHERE.get(setting, setting) for setting in settings) or "not known"


def as_period(profile: Profile) -> str:
    """The days on which a system was in use."""
    start = f"from {profile.in_use_from}" if profile.in_use_from else "no single first day"
    return f"{start} to {profile.in_use_to} (closed)" if profile.in_use_to else f"{start}; still in use"


def as_counts(profile: Profile) -> str:
    """Codes that can be reported on the last days that are known."""
    if not profile.ever:
        return "no codes in this build: no listing of it is here"
    return f"{profile.now:,}, and {profile.headings:,} headings" if profile.last_day and profile.now else "none: closed"


def as_horizon(profile: Profile) -> str:
    """The day up to which the build knows a system, and why."""
    if profile.known_through is None:
        return "not known: no listing of it is here"
    newest = f"{profile.known_through}; the newest release here is of {profile.newest_release}"
    return newest if profile.next_release_expected else f"{newest}, its last"


def as_growth(profile: Profile) -> str:
    """How fast a system grew, with the two counts that say so."""
    if profile.growth is None:
        return "not known: fewer than two releases here"
    ends = (
        f"{profile.first_billable:,} billable on {profile.first_day}, {profile.last_billable:,} on {profile.last_day}"
    )
    return f"{profile.growth:+.1%} a year ({ends})"


def as_example(profile: Profile) -> str:
    """A real code with its title, or why there is none."""
    if not profile.example:
        return "none: no listing of it is here"
    return f"{profile.example}: {profile.example_title or 'title not shown (' + profile.licence + ')'}"


def describe_system(profile: Profile) -> dict[str, str]:
    """What to say of a system, by the question that it answers."""
    return {
        "Name": profile.name,
        "It says": as_field(profile.kinds),
        "Why use it": profile.description,
        "Kinds of codes": ", ".join(profile.kinds).replace("_", " "),
        "Where": as_places(profile.settings),
        "Maintained by": profile.maintainer,
        "Published by": profile.publisher,
        "In use": as_period(profile),
        "Format": profile.code_format,
        "Example": as_example(profile),
        "Known through": as_horizon(profile),
        "Valid then": as_counts(profile),
        "Codes ever": f"{profile.ever:,} with headings" if profile.ever else "no codes in this build",
        "Growth": as_growth(profile),
        "Licence": profile.licence,
        "Page": profile.home_url,
    }


def contrast(profiles: list[Profile]) -> list[str]:
    """For each two systems what sets them apart, one sentence for each way in which they differ or agree."""
    return [" ".join([f"{a.system} and {b.system}:", *_contrast(a, b)]) for a, b in combinations(profiles, 2)]


def _contrast(a: Profile, b: Profile) -> list[str]:
    return [_by_question(a, b), _by_place(a, b), _by_time(a, b)]


def _by_question(a: Profile, b: Profile) -> str:
    one, other = as_field(a.kinds), as_field(b.kinds)
    if one == other:
        return f"Both say {one}."
    return f"They answer different questions: {a.system} says {one}, {b.system} says {other}."


def _by_place(a: Profile, b: Profile) -> str:
    shared = {*a.settings} & {*b.settings}
    if shared:
        return f"Both are used for {as_places(sorted(shared))}."
    if "any" in a.settings + b.settings and "mortality" not in a.settings + b.settings:
        everywhere, narrow = (a, b) if "any" in a.settings else (b, a)
        place = as_places(narrow.settings)
        return f"{everywhere.system} is used in any setting, {narrow.system} for {place}: there a claim carries both."
    one, other = as_places(a.settings), as_places(b.settings)
    return f"They are used in different places: {a.system} for {one}, {b.system} for {other}."


def _by_time(a: Profile, b: Profile) -> str:
    first, last = (a, b) if (a.in_use_to or b.in_use_to) == a.in_use_to else (b, a)
    if first.in_use_to and last.in_use_from and first.in_use_to < last.in_use_from:
        return f"{last.system} came after {first.system}, on {last.in_use_from}: the day of service decides."
    closed = [each for each in (a, b) if each.in_use_to]
    if not closed:
        return "Both are in use."
    ends = " and ".join(f"{each.system} on {each.in_use_to}" for each in closed)
    return f"Closed: {ends}; the day of service decides what may be used."


def as_share(fraction: float) -> str:
    """A fraction in per cent, rounded down: what lacks a few codes is not said to be whole."""
    return f"{int(fraction * 1000) / 10:.1f}%"


def describe_connection(each: Connection) -> str:
    """A crosswalk in one or two sentences: what it is, and what it covers."""
    head = f"{each.crosswalk} ({each.origin}, {each.release}): {each.source_system} to {each.target_system}"
    if each.coverage is None and each.relation == SAME_CATEGORY:
        return f"{head}, {each.mappings:,} pairs of codes in one category. {meaning_of(each.relation).words}"
    if each.coverage is None:
        return f"{head}, {each.mappings:,} mappings. Coverage is not known: no release of {each.source_system} is here."
    reach = (
        f"{each.covered:,} of the {each.billable:,} codes of {each.source_system} billable on {each.measured_on} "
        f"({as_share(each.coverage)})"
    )
    if each.relation not in COVERED_CODES:
        return f"{head}. Speaks of {reach}. {meaning_of(each.relation).words}"
    return f"{head}. Covers {reach}: {COVERED_CODES[each.relation].format(**vars(each))}"
