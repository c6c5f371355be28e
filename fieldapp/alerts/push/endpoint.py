"""Which addresses a push may be sent to: known push services over https, never a machine of anyone's choosing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

LONGEST = 1_000
_PLAIN = re.compile(r"\A[!-\[\]^-~]+\Z")  # printable ASCII without blanks and without the backslash


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a subscription's endpoint may be kept and sent to.

    An entry of ``hosts`` is a host name, with a leading dot any name below it, or (a local test service) a whole origin.
    """
    if len(url) > LONGEST or not _PLAIN.match(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.fragment or not host:
        return False
    if parts.netloc != parts.netloc.lower() or host.endswith("."):
        return False
    known = tuple(hosts)
    if f"{parts.scheme}://{parts.netloc}" in known:
        return True
    if parts.scheme != "https" or port not in {None, 443} or _is_address(host):
        return False
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in known if "://" not in one)


def origin(url: str) -> str:
    """Scheme, host and port: what a VAPID token is made out to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet: not private, loopback, link-local or otherwise reserved."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")  # 127.1 and 2130706433 are addresses too
    return True
