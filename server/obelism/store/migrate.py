"""Bringing a database to the newest schema, safely when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from obelism.errors import Unavailable
from obelism.store.database import Database
from obelism.store.schema import REVISION

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, if every Obelism uses the same one.
_POSTGRESQL_LOCK = 0x0BE115


def migrate(database: Database) -> None:
    """Create or upgrade the tables where they are not at REVISION.

    Raises Unavailable when the database was made by a newer Obelism.
    """
    with database.connected() as connection:
        if _revision(connection) == REVISION:
            return
    with database.connected(writing=True) as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
        # Looked at again under the lock: another process may have been first.
        if _revision(connection) != REVISION:
            _upgrade(connection, database.name)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()


def _upgrade(connection: Connection, name: str) -> None:
    # Alembic takes a third of a second to import; a database that is up to date never pays it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        if current := _revision(connection):
            ScriptDirectory.from_config(config).get_revision(current)
        command.upgrade(config, REVISION)
    except CommandError as error:
        raise Unavailable(
            f"the claim database {name} was made by a newer Obelism than this one; install the newer version"
        ) from error
