"""Alembic's entry: runs the steps on the connection that `obelism.store.migrate` holds."""

from alembic import context

from obelism.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite changes columns by copying the table.
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
