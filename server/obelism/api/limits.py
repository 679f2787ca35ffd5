"""How much one client may ask: requests in a time (Flask-Limiter) and requests at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from ipaddress import IPv6Address
from typing import Any

from flask import Flask, Response, after_this_request, request
from flask_limiter import Limiter, RateLimitExceeded

from obelism.api.guard import address_of, is_local_program
from obelism.api.problems import Problem, shown
from obelism.settings import Settings

# A Redis that has gone without a word: readers would wait for the kernel's timeouts, and again at each try.
PATIENCE: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": None}
# A client has its answer some milliseconds before the thread that sent it comes to say so.
SENT_SECONDS = 0.05


class Limits:
    """The limits of one application; programs on this machine are free of them by default."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._settings = settings
        shared = not settings.rate_limit_storage.startswith("memory:")
        self._limiter = Limiter(
            client,
            app=app,
            storage_uri=settings.rate_limit_storage,
            storage_options=PATIENCE if shared else {},
            strategy="moving-window",
            # Without Redis each worker counts for itself rather than refusing readers. The same limits: a list
            # of others (`in_memory_fallback`) would hold for every address, a load balancer's probes too.
            in_memory_fallback_enabled=shared,
        )
        self._busy: Counter[tuple[str, str]] = Counter()
        self._fewer = threading.Condition()
        app.register_error_handler(RateLimitExceeded, lambda error: shown(self._too_often()))

    def limited(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """`view` for so many requests a client and time, and so many at once."""
        limit = self._limiter.limit(self._settings.rate_limit, exempt_when=self.exempt)
        return limit(self._one_of_few(view))

    def watched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """`view` for so many at once, whatever the client asks besides: where a proxy hides who asks, a crowd of
        readers turns no probe away."""
        return self._one_of_few(view, "watchers")

    def guarded_by_token(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """`view` for so many wrong tokens a client and time; right ones do not count."""
        return self._guarded(view, _was_wrong_token)

    def guarded_for_readers(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The same, where readers need a token and for those who do."""
        if self._settings.access == "open":
            return view
        return self._guarded(view, _was_wrong_token, exempt_when=self.exempt)

    def guarded_by_sign_in(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The form that takes a token: wrong ones count, and only so many are looked at at once."""
        return self._guarded(self._one_of_few(view), lambda answer: answer.status_code == 401)

    def exempt(self) -> bool:
        """Whether the current request comes from a program that may ask without limits."""
        return not self._settings.limit_local_programs and is_local_program(request)

    def _guarded(
        self, view: Callable[..., Any], failed: Callable[[Response], bool], **about: Any
    ) -> Callable[..., Any]:
        # One count a client for all that is guarded: who has guessed enough here need not try elsewhere.
        guard = self._limiter.shared_limit(
            self._settings.token_failures, scope="tokens", deduct_when=failed, **about
        )
        return guard(view)

    def _one_of_few(self, view: Callable[..., Any], among: str = "readers") -> Callable[..., Any]:
        # From before the body is read until the answer is sent: a client that sends half a body and waits, or does
        # not take its answer, is in work too.
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            work = ExitStack()
            work.enter_context(self._counted(among))

            @after_this_request
            def until_sent(answer: Response) -> Response:
                answer.call_on_close(work.close)
                return answer

            return view(*args, **kwargs)

        return counted

    @contextmanager
    def _counted(self, among: str) -> Iterator[None]:
        """Work for one client; raises Problem 429 when it has too many requests in work already."""
        if self.exempt():
            yield
            return
        name = (among, client())
        with self._fewer:
            if not self._fewer.wait_for(
                lambda: self._busy[name] < self._settings.client_requests, SENT_SECONDS
            ):
                raise _problem("Too many requests at once", "Wait for the answers of those in work.", 1)
            self._busy[name] += 1
        try:
            yield
        finally:
            with self._fewer:
                self._busy[name] -= 1
                if not self._busy[name]:
                    del self._busy[name]
                self._fewer.notify_all()

    def _too_often(self) -> Problem:
        current = self._limiter.current_limit
        wait = max(1, round(current.reset_at - time.time())) if current else 60
        return _problem("Too many requests", f"Try again in {wait} s.", wait)


def client() -> str:
    """Who asks, as far as limits care: an address; for IPv6 the network, which one client owns whole."""
    address = address_of(request)
    if isinstance(address, IPv6Address) and not address.is_loopback:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address or "unknown")


def _was_wrong_token(answer: Response) -> bool:
    return answer.status_code == 401 and "Authorization" in request.headers


def _problem(title: str, detail: str, wait: int) -> Problem:
    return Problem(429, "too-many-requests", title, detail, {"Retry-After": str(wait)})
