"""What pyproject.toml declares, for the tests that hold code against it."""

import re


def name_of_requirement(requirement: str) -> str:
    """The name in a requirement such as `numpy==2.4.6 ; python_version < '3.12'`, in lower case."""
    return re.split(r"[=<>!~\[ ;]", requirement, maxsplit=1)[0].lower()
