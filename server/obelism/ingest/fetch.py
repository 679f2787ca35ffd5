"""Fetching a source from the web: http(s) only, bounded in size and time, never from private networks."""

from __future__ import annotations

import math
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from obelism import __version__
from obelism.errors import Unavailable

# Small answers stay in memory, data feeds of hundreds of MB go to a temporary file.
_IN_MEMORY = 4 * 1024 * 1024
_HEADERS = {"User-Agent": f"Obelism/{__version__} (import of claims)", "Accept": "*/*"}

_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)
_PASSING = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)

Progress = Callable[[int, int | None], None]
"""Told how much of a source is done, and how much there is where that is known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may cost; `private` allows addresses of this machine and its network."""

    bytes: int = 4 * 1024**3
    seconds: float = 3600.0
    """For one address, its redirects and headers included."""
    silence: float = 30.0
    """Seconds without a single byte."""
    until: float = math.inf
    """The end of all fetching, on the clock of `time.monotonic`."""
    pages: int = 100_000
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer of a server: its body as a file at its start, and the marks for the next request."""

    file: IO[bytes]
    url: str
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Refused(Unavailable):
    """The server has something at that address, and not for us: asking again will not help."""


class Gone(Unavailable):
    """The server has nothing at that address: asking again will not help."""


class TooLate(Unavailable):
    """The time for a source is over: nothing more of it is fetched."""


class Fetcher:
    """Fetches addresses, one at a time, over one set of connections. Close it, or use it as a context."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self._deadline = limits.until
        self._sockets: list[socket.socket] = []
        # Behind a proxy it is the proxy that looks names up, and guards its network.
        transport = None if limits.private or getproxies() else _PublicOnly()
        self._client = httpx.Client(
            transport=transport,
            headers=_HEADERS,
            timeout=httpx.Timeout(limits.silence),
            follow_redirects=True,
            max_redirects=5,
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        progress: Progress = lambda done, total: None,
    ) -> Fetched | None:
        """The body at `url`; None when it is still the one with these marks.

        Raises Unavailable when there is no answer, no good one, or one over the limits; Gone or Refused where that
        will not change.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        # A mark outside ASCII came in by mistake, and no request can carry it.
        sent = {name: value for name, value in headers.items() if value and value.isascii()}
        with self.answer(url, sent) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            if not answer.is_success:
                passing = not answer.is_client_error or answer.status_code in _PASSING
                lasting = Gone if answer.status_code in _GONE else Refused
                error = Unavailable if passing else lasting
                raise error(f"{url} answered {answer.status_code} {answer.reason_phrase}")
            return Fetched(
                self._body(answer, progress),
                str(answer.url),
                answer.charset_encoding,
                answer.headers.get("ETag"),
                answer.headers.get("Last-Modified"),
            )

    @contextmanager
    def answer(self, url: str, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        """The answer to a GET, whatever its status; its body is read inside the context.

        Raises Unavailable when there is none, or when it is not whole in time; TooLate when that of the source is over.
        """
        self._deadline = min(time.monotonic() + self.limits.seconds, self.limits.until)
        try:
            if urlsplit(url).scheme.lower() not in ("http", "https"):
                raise Unavailable(f"{url} is not an http(s) address")
            self._check_time(url)
            traced = {"trace": self._note_socket}
            with self._watch(), self._client.stream("GET", url, headers=headers, extensions=traced) as answer:
                yield answer
        # A ValueError: brackets out of place, labels that are empty, too long or no punycode.
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._check_time(url)
            reason = str(error) or type(error).__name__
            raise Unavailable(f"{url.partition('?')[0]} cannot be fetched: {reason}") from error

    def _body(self, answer: httpx.Response, progress: Progress) -> IO[bytes]:
        length = answer.headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        try:
            for chunk in answer.iter_bytes(64 * 1024):
                file.write(chunk)
                progress(answer.num_bytes_downloaded, total)
                if file.tell() > self.limits.bytes:
                    raise Unavailable(f"{answer.url} is over {self.limits.bytes:,} bytes")
                self._check_time(str(answer.url))
            # A connection that was ended looks like a body without a stated length that is whole.
            self._check_time(str(answer.url))
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _check_time(self, url: str) -> None:
        """Raises TooLate when the time for the source is over, Unavailable when that for `url` is."""
        now = time.monotonic()
        if now > self.limits.until:
            raise TooLate(f"{url} is not fetched: the time for its source is over")
        if now > self._deadline:
            raise Unavailable(f"{url} took over {self.limits.seconds:,.0f} seconds")

    @contextmanager
    def _watch(self) -> Iterator[None]:
        """Ends the connections at the deadline, whatever is awaited on them.

        httpx limits each `recv` only: a byte of a header every 29 s keeps within that for a month.
        """
        done = threading.Event()
        watch = threading.Thread(target=self._end_late, args=(done,), name="fetch-deadline", daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()

    def _end_late(self, done: threading.Event) -> None:
        # Again and again: a redirect, or a handshake that comes to its end, may open one after the deadline.
        while not done.wait(max(self._deadline - time.monotonic(), 0.1)):
            for sock in self._sockets:
                with suppress(OSError):  # it is closed already
                    # Not the method of a TLS socket, which would unwrap it under the thread that reads.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _note_socket(self, event: str, info: dict[str, Any]) -> None:
        """Remember what httpx connects (https://www.python-httpx.org/advanced/extensions/#trace)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            open_ones = [sock for sock in self._sockets if sock.fileno() >= 0]
            self._sockets = [*open_ones, info["return_value"].get_extra_info("socket")]


class _PublicOnly(httpx.HTTPTransport):
    """Connects to public addresses only, and to the very address that was judged.

    A name is looked up once: a server that answers the next look-up with 127.0.0.1 gains nothing.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = public_address(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        direct = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return super().handle_request(direct)


def public_address(host: str, port: int) -> str:
    """The first address of `host`. Raises httpx.ConnectError when one of its addresses is not public."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"the name {host} cannot be looked up") from error
    for address in found:
        ip = ip_address(address.partition("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None) or ip
        if not mapped.is_global or mapped.is_multicast:
            raise httpx.ConnectError(
                f"{host} is an address of this machine or its network; --allow-private permits that"
            )
    return found[0]
