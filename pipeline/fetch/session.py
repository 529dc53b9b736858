"""Connections to the publishers: only https, only hosts of the catalogue, at most two to each.

requests and urllib3 do the work (connections, certificates, retries with back-off). The sockets keep to limits, and no
redirect is followed here: whoever does reads none of their bodies.
"""

from collections.abc import Collection

import requests
import urllib3

from pipeline import __version__
from pipeline.errors import NetworkError
from pipeline.fetch.bounds import Patience
from pipeline.fetch.connections import LimitedAdapter
from pipeline.fetch.hosts import host_of

AGENT = f"crosswalk/{__version__} (crosswalk-codes: rebuilds US medical code tables; requests/{requests.__version__})"
CONNECTIONS = 2  # to one host at a time: the publishers are public services
TEMPORARY = frozenset({429, 500, 502, 503, 504})


class PublisherSession(requests.Session):
    """Reaches some hosts and nothing else, and hands out redirects as they are: requests would read and unpack their
    bodies whole, however large."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__()
        self._hosts = frozenset(hosts) - {""}
        self.adapters.clear()

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, for every answer."""
        return None

    def require_reached(self, url: str) -> None:
        """Raises NetworkError for an address of another host or with another scheme: links and redirects end here."""
        if host_of(url) not in self._hosts:
            raise NetworkError(
                where=url,
                expected="an https address on one of " + ", ".join(sorted(self._hosts)),
                found="a link or a redirect that leads elsewhere; it was not followed",
                next_step="open the landing page of the source and correct `url` in the catalogue",
            )


def open_session(hosts: Collection[str], patience: Patience) -> PublisherSession:
    """A session that reaches the given hosts over https and nothing else, whatever the scheme.

    Certificates are verified against the usual authorities, or those of REQUESTS_CA_BUNDLE; HTTPS_PROXY is respected.
    The environment is asked once and not for each request, and never for passwords.
    """
    session = PublisherSession(hosts)
    for host in filter(None, hosts):
        settings = session.merge_environment_settings(f"https://{host}", {}, None, None, None)
        session.verify = settings["verify"]
        session.proxies.update({f"https://{host.partition(':')[0]}": settings["proxies"].get("https", "")})
    session.trust_env = False
    session.headers.update({"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"})
    retries = _retries(patience)
    for host in hosts:
        session.mount(
            f"https://{host}/", LimitedAdapter(pool_maxsize=CONNECTIONS, pool_block=True, max_retries=retries)
        )
    return session


def _retries(patience: Patience) -> urllib3.Retry:
    return urllib3.Retry(
        total=patience.tries - 1,
        connect=patience.connections - 1,
        other=0,  # a certificate that does not hold will not hold a moment later
        status_forcelist=TEMPORARY,
        allowed_methods={"GET"},
        backoff_factor=patience.back_off,
        raise_on_status=False,
        retry_after_max=120,
    )
