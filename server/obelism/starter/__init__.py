"""The starter claims that come with the package: `claims.jsonl`, one claim record a line, own words, real sources."""

from __future__ import annotations

import json
from importlib.resources import files

from obelism import records
from obelism.model import Claim
from obelism.settings import Settings
from obelism.store import Store, open_store

ACTOR = "starter"


def open_claims(settings: Settings) -> Store:
    """The claim database of this installation, with the starter claims unless a setting leaves them out."""
    store = open_store(settings.database_url)
    if settings.starter_claims:
        load_starter_claims(store)
    return store


def load_starter_claims(store: Store) -> None:
    """Bring in starter claims that are new or changed in this version of the package.

    They are put as any source's claims: what the operator retired stays retired, and what an editor
    has changed stays so. When all are there nothing is written, so a read-only copy can be served.
    """
    behind = [claim for claim in starter_claims() if store.get(claim.id) != claim]
    if behind:
        store.put(behind, ACTOR)


def starter_claims() -> list[Claim]:
    """The claims of the package."""
    lines = (files("obelism.starter") / "claims.jsonl").read_text("utf-8").splitlines()
    return [records.parse(json.loads(line)) for line in lines if line.strip()]
