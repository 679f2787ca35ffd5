"""/editor: the pages of those who look after the claims.

Server-rendered and complete without script; signed in by an editor's token; every change goes through
the store's audit log under the token's name.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Flask, Response, request

from obelism.api.editor.claim import routes as claim_pages
from obelism.api.editor.feeds import routes as feeds_pages
from obelism.api.editor.history import routes as history_pages
from obelism.api.editor.imports import routes as imports_pages
from obelism.api.editor.listing import routes as listing_pages
from obelism.api.editor.log import routes as log_pages
from obelism.api.editor.lookup import routes as lookup_pages
from obelism.api.editor.merges import routes as merges_pages
from obelism.api.editor.readers import routes as readers_pages
from obelism.api.editor.sessions import PATH, Sessions
from obelism.api.editor.sign import install as install_sign_in
from obelism.api.editor.visits import rendered
from obelism.api.editor.words import words
from obelism.api.front import chosen_language
from obelism.api.problems import Problem
from obelism.api.service import Service
from obelism.records import is_web_address

GROUPS = (
    listing_pages,
    claim_pages,
    history_pages,
    lookup_pages,
    merges_pages,
    readers_pages,
    log_pages,
    feeds_pages,
    imports_pages,
)


def install(app: Flask, service: Service) -> None:
    """The editor's pages of `service`, with their style and script."""
    pages = Blueprint(
        "editor",
        __name__,
        url_prefix=PATH,
        template_folder="../../web/editor/templates",
        static_folder="../../web/editor/static",
    )
    sessions = Sessions(service.settings.secret_key)
    install_sign_in(pages, service, sessions)
    for group in GROUPS:
        group.install(pages, service, sessions)
    pages.add_app_template_test(is_web_address, "web_address")
    app.register_blueprint(pages)
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("editor.")}
    shown = partial(render_problem, sessions)
    app.extensions["problem_pages"] |= dict.fromkeys(endpoints - {"editor.static"}, shown)


def render_problem(sessions: Sessions, problem: Problem) -> Response:
    """A page that says what went wrong, in the editor's words."""
    session = sessions.read(request)
    lang = session.lang if session else chosen_language(None)
    name = f"problem_{problem.kind}"
    told = words(lang)
    said = told(name if told.has(name) else "problem_page")
    answer = rendered("problem", lang, problem.status, problem=said)
    answer.headers.extend(problem.headers)
    return answer
