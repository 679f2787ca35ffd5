"""An editor's browser for tests: signs in, reads the forms of a page as a browser does, and sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from serving import HOST, program


@dataclass
class Page:
    """What a visit brought."""

    status: int
    address: str
    soup: BeautifulSoup
    headers: Any

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form that is sent to `action`, as they stand."""
        found = next(f for f in self.soup.find_all("form") if urlsplit(str(f["action"])).path == action)
        return {str(field["name"]): _value(field) for field in found.select(_FIELDS) if _is_sent(field)}

    def mistakes(self) -> dict[str, str]:
        """The message at each field."""
        return {
            str(p["id"]).removesuffix("-mistake"): p.get_text(strip=True)
            for p in self.soup.select(".mistake")
        }


_FIELDS = "input[name], textarea[name], select[name]"


def _is_sent(field: Tag) -> bool:
    return not any(parent.name == "template" for parent in field.parents)


def _value(field: Tag) -> str:
    if field.name == "select":
        options = field.find_all("option")
        chosen = next((o for o in options if o.has_attr("selected")), options[0])
        return str(chosen["value"])
    if field.name == "textarea":
        return field.get_text().removeprefix("\n")
    return str(field.get("value", ""))


class Editor:
    """One editor at one browser."""

    def __init__(self, app: Flask, name: str = "anna", scopes: tuple[str, ...] = ("edit",)) -> None:
        self.client: FlaskClient = program(app)
        self.client.environ_base |= {"HTTP_ORIGIN": f"http://{HOST}", "HTTP_SEC_FETCH_SITE": "same-origin"}
        self.store = app.extensions["obelism"].store
        self.secret, _ = self.store.tokens.create(name, scopes, "test")

    def sign_in(self, **fields: str) -> Page:
        return self.post("/editor/sign-in", {"token": self.secret, **fields})

    def get(self, address: str) -> Page:
        return self._page(self.client.get(address, follow_redirects=True))

    def post(self, address: str, fields: dict[str, str]) -> Page:
        return self._page(self.client.post(address, data=fields, follow_redirects=True))

    def send(self, page: Page, action: str, do: str = "", **changes: str) -> Page:
        """Send a form of `page` by the button `do`, with some fields changed (`__` stands for a dash)."""
        changed = {name.replace("__", "-"): value for name, value in changes.items()}
        return self.post(action, page.form(action) | changed | {"do": do})

    @staticmethod
    def _page(answer: Any) -> Page:
        soup = BeautifulSoup(answer.get_data(as_text=True), "lxml")
        return Page(answer.status_code, answer.request.full_path.rstrip("?"), soup, answer.headers)
