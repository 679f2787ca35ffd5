"""create_app(settings): builds store, index and routes."""

from __future__ import annotations

from hashlib import sha256

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from obelism import api
from obelism.article import Limits
from obelism.candidates import Keeper, open_or_build
from obelism.encoder import Encoder, default_encoder, encoder_named
from obelism.errors import BadInput, Unavailable
from obelism.pipeline import Pipeline
from obelism.settings import Settings
from obelism.starter import open_claims
from obelism.store import Store


def create_app(settings: Settings) -> Flask:
    """The whole service as a WSGI application; the database is made where it is missing."""
    app = Flask("obelism", static_folder=None)
    app.url_map.merge_slashes = False
    store = open_claims(settings)
    api.install(app, settings, store, pipeline_of(settings, store))
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def create_pipeline(settings: Settings) -> Pipeline:
    """The stages over the claims of this installation, for a single command."""
    return pipeline_of(settings, open_claims(settings))


def pipeline_of(settings: Settings, store: Store) -> Pipeline:
    """The stages over the claims of `store`."""
    limits = Limits(
        settings.max_html_bytes,
        settings.max_tags,
        settings.max_depth,
        settings.max_text,
        settings.max_statements,
        settings.max_statement_length,
    )

    def is_reviewed(address: str) -> bool:
        # Pages are read on without the store; this one is then judged by its own markup alone. A store
        # that is known to be away is not waited for: a reader would wait as long as a connection may take.
        try:
            return not store.away and bool(store.reviewed_urls([address]))
        except Unavailable:
            return False

    second = second_encoder(settings)
    folder = settings.index_folder / _identity(settings, store)
    index = open_or_build(folder, default_encoder(), store.claims, store.latest_change())
    keeper = Keeper(index, folder, lambda after: store.changes(after))
    keeper.refresh()
    return Pipeline(index, keeper.refresh, store.score_floors, is_reviewed, limits=limits, second=second)


def second_encoder(settings: Settings) -> Encoder | None:
    """The encoder of OBELISM_SECOND_ENCODER; raises BadInput naming it when it cannot be had."""
    if not settings.second_encoder:
        return None
    try:
        return encoder_named(settings.second_encoder)
    except BadInput as error:
        raise BadInput(f"OBELISM_SECOND_ENCODER={settings.second_encoder}: {error}") from error


def _identity(settings: Settings, store: Store) -> str:
    """Names one database: its address, the first change that it ever saw, and its restoration.

    A database that was deleted and made anew at the same address, or put back, must not find the old one's index.
    """
    first = store.audit.entries(before=200, limit=200)[-1:]
    told = [settings.database_url, *(f"{entry.at} {entry.subject} {entry.after}" for entry in first)]
    told += [str(restored)] if (restored := store.restored()) else []
    return sha256("\n".join(told).encode()).hexdigest()[:16]
