"""Fixtures that all integration tests share."""

from stores import cluster, new_url, postgresql_template, sqlite_template, store, url

__all__ = ["cluster", "new_url", "postgresql_template", "sqlite_template", "store", "url"]
