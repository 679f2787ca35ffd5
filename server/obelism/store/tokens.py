"""Editors' tokens: random secrets of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from obelism.errors import BadInput, NotFound
from obelism.store.audit import Entry, log
from obelism.store.database import Database
from obelism.store.schema import tokens

SCOPES = ("read", "edit")


@dataclass(frozen=True, slots=True)
class Token:
    """Who may do what until when. Times are UTC, as 2026-11-22T08:00:00Z."""

    name: str
    scopes: frozenset[str]
    created: str
    expires: str | None = None
    revoked: str | None = None


class Tokens:
    """The tokens of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, name: str, scopes: Collection[str], actor: str, *, lasts: timedelta | None = None
    ) -> tuple[str, Token]:
        """A new secret, shown this once, and its token. Raises BadInput for a name that is taken."""
        if not name.strip() or len(name) > 200:
            raise BadInput("a token needs a name of at most 200 characters")
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise BadInput(f"there is no scope {', '.join(unknown)}; the scopes are {', '.join(SCOPES)}")
        # 256 random bits cannot be guessed, so a plain hash protects them; passwords would need more.
        secret = "obl_" + secrets.token_urlsafe(32)
        expires = self._database.timestamp(lasts) if lasts is not None else None
        token = Token(name, frozenset(scopes), self._database.timestamp(), expires)
        with self._database.writing() as connection:
            if connection.execute(select(tokens.c.name).where(tokens.c.name == name)).first():
                raise BadInput(f"there is a token {name} already; choose another name")
            connection.execute(
                insert(tokens).values(
                    name=name,
                    digest=_digest(secret),
                    scopes=_joined(token),
                    created=token.created,
                    expires=expires,
                )
            )
            after = f"scopes {_joined(token)}; expires {expires or 'never'}"
            log(connection, [Entry(token.created, actor, "create token", name, after=after)])
        return secret, token

    def check(self, secret: str) -> Token | None:
        """The token of that secret, if it may be used now."""
        digest = _digest(secret)
        with self._database.reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest)).first()
        # The index compares digests, from whose timing nobody learns the secret; this is for good measure.
        if row is None or not hmac.compare_digest(row.digest, digest):
            return None
        return self._in_force(row)

    def named(self, name: str) -> Token | None:
        """The token of that name, if it may be used now."""
        with self._database.reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.name == name)).first()
        return self._in_force(row) if row else None

    def revoke(self, name: str, actor: str) -> None:
        """End a token at once. Raises NotFound."""
        at = self._database.timestamp()
        with self._database.writing() as connection:
            row = connection.execute(select(tokens).where(tokens.c.name == name)).first()
            if row is None:
                raise NotFound(f"no token {name}")
            if not row.revoked:
                connection.execute(update(tokens).where(tokens.c.name == name).values(revoked=at))
                log(connection, [Entry(at, actor, "revoke token", name)])

    def all(self) -> list[Token]:
        """Every token that ever was, by name."""
        with self._database.reading() as connection:
            return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.name))]

    def _in_force(self, row: Row[Any]) -> Token | None:
        ended = row.revoked or (row.expires and row.expires <= self._database.timestamp())
        return None if ended else _token(row)


def _token(row: Row[Any]) -> Token:
    return Token(row.name, frozenset(row.scopes.split()), row.created, row.expires, row.revoked)


def _joined(token: Token) -> str:
    return " ".join(sorted(token.scopes))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
