"""Fixtures for tests of the store: each test runs on SQLite and on PostgreSQL, on a database of its own.

from stores import *  # in a conftest, or by name in a test module
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from obelism.store import Store, open_store
from postgresql import Cluster, binaries, running_cluster

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "claims.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster) -> str:
    open_store(cluster.create("migrated")).close()
    return "migrated"


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the address of another database that has no tables yet, at each call."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'claims{next(_numbers)}.db'}"
        return
    server: Cluster = request.getfixturevalue("cluster")
    made: list[str] = []

    def create() -> str:
        made.append(f"t{next(_numbers)}")
        return server.create(made[-1])

    yield create
    for database in made:
        server.drop(database)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty claim database."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "claims.db")
        yield f"sqlite:///{copy}"
        return
    template = request.getfixturevalue("postgresql_template")
    server: Cluster = request.getfixturevalue("cluster")
    database = f"t{next(_numbers)}"
    yield server.create(database, template)
    server.drop(database)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty claim database."""
    store = open_store(url)
    yield store
    store.close()
