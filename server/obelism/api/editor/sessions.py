"""Who is signed in: a signed cookie that names a token, and ends soon.

The cookie holds no secret: the token's name, when it was signed in and last seen, and the word that its
forms must bring back. The token itself is looked at on every request, so that one that is revoked or has
expired ends its sessions at once.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from obelism.api.front import Lang

COOKIE = "obelism_editor"
PATH = "/editor"
IDLE_SECONDS = 60 * 60
WHOLE_SECONDS = 12 * 60 * 60
# The cookie is written anew only now and then, not on every request.
RENEW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Session:
    """An editor at work. Times are seconds since 1970."""

    name: str
    """Of the token; the actor of every change."""
    began: float
    seen: float
    word: str
    """What forms must bring back, so that no other page can send them (CSRF)."""
    lang: Lang

    def has_sent(self, form: Mapping[str, str]) -> bool:
        """Whether a form brings that word back."""
        # Bytes: of text, compare_digest takes ASCII only.
        return hmac.compare_digest(form.get("word", "").encode(), self.word.encode())


class Sessions:
    """Reads and writes the cookie."""

    def __init__(self, key: str, now: Callable[[], float] = time.time) -> None:
        self._signer = URLSafeSerializer(key, salt="obelism editor session")
        self._now = now

    def begin(self, name: str, lang: Lang) -> Session:
        now = self._now()
        return Session(name, now, now, secrets.token_urlsafe(24), lang)

    def read(self, request: Request) -> Session | None:
        """The session of a request, unless its time is up."""
        try:
            found = Session(**self._signer.loads(request.cookies.get(COOKIE, "")))
        except (BadSignature, TypeError):
            return None
        now = self._now()
        over = now - found.seen > IDLE_SECONDS or now - found.began > WHOLE_SECONDS
        return None if over else found

    def renew(self, session: Session, answer: Response, secure: bool, *, changed: bool = False) -> None:
        """Put a fresh cookie on `answer` where the old one has aged or the session is another."""
        now = self._now()
        if not changed and now - session.seen < RENEW_SECONDS:
            return
        answer.set_cookie(
            COOKIE,
            str(self._signer.dumps(asdict(replace(session, seen=now)))),
            max_age=IDLE_SECONDS,
            path=PATH,
            secure=secure,
            httponly=True,
            samesite="Strict",
        )

    def end(self, answer: Response, secure: bool) -> None:
        """Take the cookie away."""
        answer.delete_cookie(COOKIE, path=PATH, secure=secure, httponly=True, samesite="Strict")
