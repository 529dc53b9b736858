"""What is said of a server that did not answer as it should."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import requests

from pipeline.errors import NetworkError
from pipeline.fetch.hosts import Unavailable
from pipeline.fetch.session import TEMPORARY


class NotThere(NetworkError):
    """The server says that nothing is at the address."""


def no_answer(url: str, found: str, kind: type[NetworkError] = NetworkError) -> NetworkError:
    """Something that may be better another time."""
    host = urlsplit(url).hostname
    return kind(url, "the file", found, f"see whether {host} can be reached, and run again")


def cut_short(url: str, target: Path, reason: Exception, tries: int) -> NetworkError:
    """A transfer that did not come to its end in any try."""
    size = target.stat().st_size if target.is_file() else 0
    found = f"a transfer cut short in each of {tries} tries, the last after {size:,} bytes ({reason_of(reason)})"
    return no_answer(url, found, Unavailable)


def refusal_of(url: str, response: requests.Response, tries: int) -> NetworkError:
    """An answer whose status says that the file does not come."""
    found = f"status {response.status_code} {response.reason}"
    if response.status_code in (404, 410):
        step = 'look on the landing page for the new address; if it is no longer posted: url_status = "gone"'
        return NotThere(url, "the file", found, f"{step} in the catalogue")
    if response.status_code in (401, 403):
        step = "the host may refuse programs that say so: get the file with a browser, into the folder of its release"
        return NetworkError(url, "the file", found, step)
    if response.status_code in TEMPORARY:
        return no_answer(url, f"{found}, {tries} times", Unavailable)
    return no_answer(url, found)


def reason_of(problem: BaseException) -> str:
    """The innermost reason on one line, without the addresses of objects."""
    while (inner := getattr(problem, "reason", None) or next(iter(problem.args), None)) is not None:
        if not isinstance(inner, BaseException):
            break
        problem = inner
    return re.sub(r"<[^>]*>|\s+", " ", str(problem)).strip(" :,()'\"") or type(problem).__name__
