"""Who may call: no web page but the service's own, and the extension.

A reader's service listens on loopback, where every page in the browser can knock. Three doors, each of
which holds alone: the Host header must be a known name (a rebound DNS name brings its own); an Origin
must be the service's own or the extension's; without an Origin, Fetch Metadata must not say that another
site asks (images, scripts and forms of other sites carry it in all current browsers).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import Flask, Request, request
from flask_cors import CORS

from obelism.api.problems import Problem
from obelism.settings import Settings

BROWSERS = ("Origin", "Sec-Fetch-Site")
# One of these is set by every proxy that was told to say for whom it asks, and by most that were not.
PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
FIREFOX_ADDRESS = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def install(app: Flask, settings: Settings) -> None:
    """Refuse strangers before anything is read, and answer the extension's preflights."""
    origins = patterns(settings.origins)

    @app.before_request
    def admit() -> None:
        check_host(request, settings.hosts)
        check_origin(request, origins)

    CORS(
        app,
        origins=origins,
        methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Content-Type", "Content-Encoding", "Authorization"],
        expose_headers=["Retry-After", "X-Request-Id"],
        max_age=600,
        always_send=False,
        allow_private_network=True,
    )


def patterns(origins: tuple[str, ...]) -> list[re.Pattern[str]]:
    """Origins as patterns that match from start to end; the star is Firefox's random address."""
    return [
        re.compile(re.escape(origin).replace(r"\*", FIREFOX_ADDRESS) + r"\Z", re.IGNORECASE)
        for origin in origins
    ]


def check_host(asked: Request, hosts: tuple[str, ...]) -> None:
    """Raises Problem 421 unless the Host header is one of the configured names."""
    found = re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d{1,5})?", asked.host.lower())
    if not found or found[1] not in hosts:
        raise Problem(
            421,
            "unknown-host",
            "Unknown host name",
            "The service does not answer to this name; OBELISM_HOSTS lists those it knows.",
        )


def check_origin(asked: Request, origins: list[re.Pattern[str]]) -> None:
    """Raises Problem 403 when a web page of somebody else asks."""
    origin = asked.headers.get("Origin")
    if origin is not None:
        allowed = is_own(asked, origin) or any(pattern.match(origin) for pattern in origins)
    else:
        allowed = asked.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"} or _is_visit(asked)
    if not allowed:
        raise Problem(
            403,
            "foreign-origin",
            "Not for other web pages",
            "Only the extension and the service's own pages may call; OBELISM_ORIGINS lists them.",
        )


def is_own(asked: Request, origin: str) -> bool:
    """Whether `origin` is the very service that was asked, its checked Host header included."""
    return origin.lower() in {f"{scheme}://{asked.host.lower()}" for scheme in ("http", "https")}


def is_local_program(asked: Request) -> bool:
    """Whether a program on this machine asks: loopback, no browser's headers, no proxy's headers."""
    if any(name in asked.headers for name in (*BROWSERS, *PROXIES)):
        return False
    caller = address_of(asked)
    return caller is not None and caller.is_loopback


def address_of(asked: Request) -> IPv4Address | IPv6Address | None:
    """Who asks; a service that listens on `::` sees IPv4 as `::ffff:192.0.2.1`, which is told as what it is."""
    try:
        address = ip_address(asked.remote_addr or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_visit(asked: Request) -> bool:
    # A link from elsewhere to the front page, opened as a page of its own.
    headers = asked.headers
    return (
        asked.method == "GET"
        and asked.path == "/"
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )
