"""The claim database of this installation, for commands."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

from obelism.settings import Settings
from obelism.starter import open_claims
from obelism.store import Store, open_store


def settings() -> Settings:
    return Settings.from_environment(os.environ)


@contextmanager
def open_database(*, bare: bool = False) -> Iterator[Store]:
    """The database, created where it is missing, with the starter claims unless it shall stay `bare`."""
    store = open_store(settings().database_url) if bare else open_claims(settings())
    try:
        yield store
    finally:
        store.close()


def actor() -> str:
    """Who gives the commands, for the audit log."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "command line"
