"""A visit of an editor to one of the pages: who it is, what the form held, and how it is answered.

A handler takes a `Visit` and returns a response; that somebody is signed in, may edit, and sent the form
from a page of ours has been checked before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for

from obelism.api.bodies import fields_of, read_body
from obelism.api.editor.sessions import PATH, Session, Sessions
from obelism.api.editor.words import Words, words
from obelism.api.front import LANGUAGES, Lang, chosen_language
from obelism.api.problems import Problem
from obelism.api.service import Service
from obelism.records import UNREADABLE
from obelism.store import Token

EDIT = "edit"
MAX_FIELDS = 20_000
# What is read of those who are not signed in, or no longer: a claim that they had typed. It comes back with the form
# that signs in, quoted once more.
KEPT_BYTES = 256 * 1024
SIGN_IN_BYTES = 1024 * 1024
SWITCH = "lang-"
"""How the names of the buttons begin that show a form in another language."""

Form = Mapping[str, str]


@dataclass(frozen=True)
class Visit:
    """One request of an editor who is signed in."""

    service: Service
    session: Session
    form: Form = field(default_factory=dict)

    @property
    def actor(self) -> str:
        return self.session.name

    @cached_property
    def words(self) -> Words:
        return words(self.session.lang)

    @property
    def act(self) -> str:
        """The button that was pressed."""
        return self.form.get("do", "")

    def page(self, name: str, status: int = 200, **context: Any) -> Response:
        """The page of that template."""
        return rendered(name, self.session.lang, status, session=self.session, **context)

    def go(self, endpoint: str, done: str | None = None, **query: Any) -> Response:
        """On to another page, which says what has been done."""
        target = url_for(f"editor.{endpoint}", done=done, **query)
        return redirect_to(target)


Handler = Callable[[Visit], Response]


class Routes:
    """The pages of one module, filled by its decorators."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, Handler]] = []

    def add(self, method: str, path: str, *, writes: bool = False) -> Callable[[Handler], Handler]:
        """Make the decorated function the handler of `method` and `path`.

        With `writes` all that it does is one change: no other is made meanwhile in this worker.
        """

        def keep(handler: Handler) -> Handler:
            self.all.append((method, path, _written(handler) if writes else handler))
            return handler

        return keep

    def install(self, pages: Blueprint, service: Service, sessions: Sessions) -> None:
        for method, path, handler in self.all:
            view = _view(handler, service, sessions)
            # The rate limits are kept by these names.
            view.__name__ = view.__qualname__ = f"editor_{handler.__name__}"
            if method == "POST":
                view = service.limits.limited(view)
            pages.add_url_rule(
                path, handler.__name__, view, methods=[method], provide_automatic_options=False
            )


def _view(handler: Handler, service: Service, sessions: Sessions) -> Callable[[], Response]:
    def view() -> Response:
        posted = request.method == "POST"
        session = sessions.read(request)
        if session is None or editor_token(service, session.name) is None:
            return _to_sign_in(read_form(min(KEPT_BYTES, service.settings.max_body_bytes)) if posted else {})
        if any(map(UNREADABLE.search, request.args.values())):
            raise Problem(
                422, "bad-input", "The request cannot be used", "The address holds unreadable characters."
            )
        form = read_form(service.settings.max_body_bytes) if posted else {}
        if posted and not session.has_sent(form):
            raise Problem(403, "foreign-form", "Not a form of this session", "Open the page again.")
        spoken = _with_language(session, form)
        answer = handler(Visit(service, spoken, form))
        sessions.renew(spoken, answer, request.is_secure, changed=spoken != session)
        return answer

    return view


def _written(handler: Handler) -> Handler:
    @wraps(handler)
    def alone(visit: Visit) -> Response:
        with visit.service.one_writer():
            return handler(visit)

    return alone


def editor_token(service: Service, name: str) -> Token | None:
    """The token of that name, if it may edit now."""
    token = service.store.tokens.named(name)
    return token if token and EDIT in token.scopes else None


def read_form(limit: int) -> dict[str, str]:
    """The fields of the form that was sent, of at most `limit` bytes; each name once. Raises Problem."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Problem(415, "content-type", "Not a form", "Send the form of this page.")
    try:
        pairs = fields_of(read_body(request, limit).content, MAX_FIELDS)
    except ValueError:
        raise Problem(413, "too-large", "Too many fields", f"At most {MAX_FIELDS} can be taken.") from None
    # Browsers send line ends as CR LF.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def rendered(name: str, lang: Lang, status: int = 200, **context: Any) -> Response:
    """A page in `lang`."""
    told = words(lang)
    done = f"done_{request.args.get('done', '')}"
    page = render_template(
        f"editor/{name}.html",
        lang=lang,
        t=told,
        languages=LANGUAGES,
        done=told(done) if told.has(done) else "",
        here=request.endpoint,
        **{"session": None, **context},
    )
    # With no-referrer browsers hide the origin of forms (`Origin: null`), which guard.py wants to see.
    headers = {"Content-Language": lang, "Referrer-Policy": "same-origin"}
    return Response(page, status, headers)


def row_number(wish: str) -> int | None:
    """`wish` as a number that a row of the database can have; None for anything else."""
    return int(wish) if re.fullmatch("[0-9]{1,18}", wish) else None


def local_path(wish: str | None) -> str:
    """`wish` if it is an address among the editor's pages, else the first of them."""
    # A browser reads a backslash as a slash; without one, what begins so can lead nowhere else.
    inside = re.fullmatch(rf"{PATH}([/?#][^\\]*)?", wish or "")
    return inside[0] if inside else url_for("editor.list_claims")


def _with_language(session: Session, form: Form) -> Session:
    codes = {code: code for code, _ in LANGUAGES}
    pressed = form.get("do", "").removeprefix(SWITCH) if form.get("do", "").startswith(SWITCH) else ""
    wish = codes.get(pressed or request.args.get("lang", ""))  # type: ignore[call-overload]
    return replace(session, lang=wish) if wish else session


def _to_sign_in(form: Form) -> Response:
    """Signing in first; what was typed into a form is kept on the page meanwhile."""
    lang = chosen_language(request.args.get("lang"))
    asked = request.full_path.rstrip("?")
    if not form:
        return redirect_to(url_for("editor.sign_in_page", to=asked))
    kept = urlencode([pair for pair in form.items() if pair[0] != "word"])
    return rendered("sign-in", lang, 401, to=asked, kept=kept, mistake="expired")


def redirect_to(target: str) -> Response:
    answer = redirect(target, 303, Response)
    assert isinstance(answer, Response)
    return answer
