"""Where a request comes from: this machine or another, this site or another."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Request


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant by a host's name or address."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site sent this; a program that is no browser says nothing.

    Our own pages send no referrer, so a form of theirs has the origin `null`, and the token has to tell.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host


def host_of(request: Request) -> str:
    """The name under which this server is asked, without its port."""
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""
