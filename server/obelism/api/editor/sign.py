"""Signing in with a token, and out."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, Response, request, url_for

from obelism.api.editor.sessions import Sessions
from obelism.api.editor.visits import (
    EDIT,
    KEPT_BYTES,
    SIGN_IN_BYTES,
    Form,
    local_path,
    read_form,
    redirect_to,
    rendered,
)
from obelism.api.front import Lang, chosen_language
from obelism.api.problems import Problem
from obelism.api.service import Service


def install(pages: Blueprint, service: Service, sessions: Sessions) -> None:
    """The pages that need nobody to be signed in."""

    @pages.get("/sign-in")
    def sign_in_page() -> Response:
        return rendered("sign-in", chosen_language(request.args.get("lang")), to=request.args.get("to"))

    def sign_in() -> Response:
        form = read_form(min(SIGN_IN_BYTES, service.settings.max_body_bytes))
        lang = chosen_language(form.get("lang"))
        token = service.store.tokens.check(form.get("token", "").strip())
        if token is None or EDIT not in token.scopes:
            mistake = "wrong_token" if token is None else "no_scope"
            status = 401 if token is None else 403
            return rendered(
                "sign-in", lang, status, to=form.get("to"), kept=form.get("kept", ""), mistake=mistake
            )
        session = sessions.begin(token.name, lang)
        answer = _onward(form, lang, session.word)
        sessions.renew(session, answer, request.is_secure, changed=True)
        return answer

    def sign_out() -> Response:
        session = sessions.read(request)
        if session and not session.has_sent(read_form(KEPT_BYTES)):
            raise Problem(403, "foreign-form", "Not a form of this session", "Open the page again.")
        answer = redirect_to(url_for("editor.sign_in_page"))
        sessions.end(answer, request.is_secure)
        return answer

    guarded = service.limits.guarded_by_sign_in(sign_in)
    pages.add_url_rule("/sign-in", "sign_in", guarded, methods=["POST"])
    pages.add_url_rule("/sign-out", "sign_out", service.limits.limited(sign_out), methods=["POST"])


def _onward(form: Form, lang: Lang, word: str) -> Response:
    """The page that was asked for; what had been typed before the session ended is offered again."""
    to = local_path(form.get("to"))
    kept = parse_qsl(form.get("kept", ""), keep_blank_values=True)
    return rendered("continue", lang, to=to, kept=kept, word=word) if kept else redirect_to(to)
