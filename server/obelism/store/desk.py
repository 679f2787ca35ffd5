"""An editor's desk: a claim is saved over the very version that was read, and retired for a reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from obelism import records
from obelism.errors import BadInput, NotFound
from obelism.model import Claim
from obelism.store.claims import Changes, Kept, kept
from obelism.store.database import Database
from obelism.store.taking import take_edit


class ChangedMeanwhile(BadInput):
    """Somebody else has changed the claim since it was read; `now` is what it has become."""

    def __init__(self, now: Kept) -> None:
        super().__init__(
            f"claim {now.claim.id} was changed meanwhile; look at the new version and save again"
        )
        self.now = now


class Taken(BadInput):
    """There is a claim of that id already, in service or not."""


def revision_of(claim: Claim) -> str:
    """Names one version of a claim: the same for equal claims, another after any change."""
    return hashlib.sha256(records.dump(claim).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Desk:
    """Edits of single claims; each is one transaction, its check of the old version included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self, id: str) -> Kept | None:
        """The claim of that id as it is kept, retired and merged ones included."""
        with self._database.reading() as connection:
            return kept(connection, [id]).get(id)

    def add(self, claim: Claim, actor: str) -> None:
        """Keep a new claim. Raises Taken."""
        with self._database.writing() as connection:
            changes = Changes(connection, self._database.timestamp(), actor)
            if changes.get(claim.id):
                raise Taken(f"there is a claim {claim.id} already; choose another id")
            take_edit(changes, claim)
            changes.write()

    def save(self, claim: Claim, actor: str, revision: str) -> None:
        """Keep a claim in place of the version `revision`. Raises NotFound, ChangedMeanwhile, BadClaim."""
        with self._database.writing() as connection:
            changes = Changes(connection, self._database.timestamp(), actor)
            old = changes.get(claim.id)
            if old is None:
                raise NotFound(f"no claim {claim.id}")
            if revision_of(old.claim) != revision or not old.is_live:
                raise ChangedMeanwhile(old)
            if take_edit(changes, claim) != "unchanged":
                changes.write()

    def retire(self, id: str, actor: str, reason: str) -> None:
        """Take a claim out of service and keep the reason in the log. Raises NotFound."""
        with self._database.writing() as connection:
            changes = Changes(connection, self._database.timestamp(), actor)
            old = changes.get(id)
            if old is None or not old.is_live:
                raise NotFound(f"no claim {id} is in service")
            changes.set(replace(old, retired=True), "retire")
            changes.note("reason to retire", id, after=reason)
            changes.write()
