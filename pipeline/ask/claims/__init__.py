"""Codes on claims: what was written, which code of which system it is, and whether it could be reported on the day.

`judged` has the rules on distinct written codes, `claims_engine` the two questions around it that touch the claims, and
`claims_run` the whole from files to results. For users: `from pipeline.ask.claims import Roles, claims`.
"""

from importlib import import_module
from typing import Any

__all__ = ["ClaimsResult", "Roles", "claims"]
_WHERE = {
    "ClaimsResult": ("claims_run", "ClaimsResult"),
    "Roles": ("code_columns", "ClaimRoles"),
    "claims": ("claims_function", "claims"),
}


def __getattr__(name: str) -> Any:
    """What users import, found when it is asked for: look-ups read the rules in this package, and wait for no more."""
    if name not in _WHERE:
        raise AttributeError(name)
    module, own = _WHERE[name]
    return getattr(import_module(f"{__name__}.{module}"), own)
