"""Alembic migrations, run by `obelism.store.migrate` on whichever database is opened first."""
