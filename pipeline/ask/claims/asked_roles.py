"""ClaimRoles as people type them: patterns by field, COL=bare, and a field that is a role, a system, or a column."""

from collections.abc import Mapping, Sequence

from pipeline.ask.build import Build
from pipeline.ask.claims.claim_layouts import NUMBER_KINDS
from pipeline.ask.claims.code_columns import ClaimRoles
from pipeline.ask.claims.rules import fields
from pipeline.ask.system_names import find_named
from pipeline.errors import UsageError


def read_field(build: Build, text: str) -> str | None:
    """The role or the system that a text names; None where it names neither, and so is a column."""
    return text if text in fields() else find_named(text, build.systems)


def read_roles(
    build: Build,
    by_field: Mapping[str, Sequence[str] | None],
    *,
    code: Sequence[str] | None = None,
    field: str | None = None,
    numbers: Sequence[str] | None = None,
    **others: object,
) -> ClaimRoles:
    """The roles that options name. `code` are columns of the `field`; `numbers` has COL=bare or COL=dotted.

    Raises UsageError for a field without codes, or codes without a field, and for numbers that are said otherwise.
    """
    codes = {name: tuple(each) for name, each in by_field.items() if each}
    if bool(code) != bool(field):
        raise UsageError("--code and --field belong together\n  next:     --code COL --field dx, or --field COL")
    own = read_field(build, field) if field else None
    if code:
        codes[own or ""] = (*codes.get(own or "", ()), *code)
    if field and own is None and len(codes) > 1:
        raise UsageError(f"--field {field}: a column says the field of --code alone\n  next:     one run for each")
    return ClaimRoles(
        codes=codes or None,
        field_in=field if field and own is None else "",
        numbers=dict(_as_number(each) for each in numbers or ()),
        **others,  # type: ignore[arg-type]  # the fields of ClaimRoles
    )


def _as_number(text: str) -> tuple[str, str]:
    column, _, how = text.rpartition("=")
    if not column or how not in NUMBER_KINDS:
        raise UsageError(f"--numbers {text}: say COL={' or COL='.join(NUMBER_KINDS)}\n  next:     --numbers dx1=dotted")
    return column, how
