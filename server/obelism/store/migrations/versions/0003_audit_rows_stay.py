"""Rows of the audit log cannot be replaced in SQLite either."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_GUARD)


# INSERT OR REPLACE deletes without asking the triggers of DELETE. A row that gets its number from SQLite has -1 here.
_GUARD = """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
    WHEN NEW.id > 0 AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
