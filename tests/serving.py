"""The service for tests: the real application, in this process or as the real command."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from flask import Flask
from flask.testing import FlaskClient

from obelism.app import create_app
from obelism.model import Claim, Phrasing, Position, Review
from obelism.settings import Settings
from obelism.store import open_store

HOST = "127.0.0.1:8750"
EXTENSION = "chrome-extension://bpejfmaniilgabdamadbhgblofbfodko"
FIREFOX = "moz-extension://0b0a5b3a-7f0e-4f3c-9d8e-1c2b3a4d5e6f"

BRIDGE = Claim(
    id="bridge-closed",
    text="The old harbour bridge in Larnoc was closed in 2019 because of cracks in its pillars.",
    language="en",
    claimant="Larnoc Gazette",
    phrasings=(
        Phrasing(
            "Le vieux pont du port de Larnoc a été fermé en 2019 à cause de fissures dans ses piliers.", "fr"
        ),
    ),
    reviews=(
        Review(
            "Checkers",
            "False",
            "https://checkers.example/bridge",
            "The bridge never closed",
            "2020-02-03",
            "en",
        ),
    ),
    positions=(
        Position("City of Larnoc", "denies", "https://larnoc.example/bridge", "Statement", "2019-05-06"),
    ),
)
MAYOR = Claim(
    id="mayor-salary",
    text="Mayor Odile Varenne of Larnoc doubled her own salary in March 2021.",
    language="en",
    reviews=(
        Review(
            "Second Look", "Mostly true", "https://second.example/mayor", "The salary", "2021-04-01", "en"
        ),
    ),
)
CLAIMS = (BRIDGE, MAYOR)

SENTENCES = (
    "The harbour of Larnoc was quiet on Monday morning, and only two fishing boats left the quay before noon.",
    BRIDGE.text,
    "People in the market said that bread and fish had become dearer since the summer, and that fewer tourists came.",
    "The council will meet again next week to talk about the timetable of the ferry and the price of tickets.",
    "Until then the harbour master asks skippers to tie up on the northern side, where the water is deeper.",
)
ARTICLE = (
    "<!doctype html><html lang=en><head><title>Quiet days in Larnoc</title></head><body><article>"
    "<h1>Quiet days in Larnoc</h1>"
    + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    + "</article></body></html>"
)


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings of an installation of its own, without starter claims."""
    given: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'claims.db'}",
        "index_folder": folder / "index",
        "starter_claims": False,
    }
    return replace(Settings(), **given | changes)


@contextlib.contextmanager
def application(claims: tuple[Claim, ...] = CLAIMS, **changes: Any) -> Iterator[Flask]:
    """The application over `claims`, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="obelism-test-") as folder:
        settings = settings_in(Path(folder), **changes)
        store = open_store(settings.database_url)
        store.put(claims)
        store.close()
        app = create_app(settings)
        try:
            yield app
        finally:
            app.extensions["obelism"].stop()


class Client(FlaskClient):
    """Sends `always` with every request; a request's own headers count more. Takes answers to their end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.always = {"Host": HOST}

    def open(self, *args: Any, headers: dict[str, str] | None = None, **kwargs: Any) -> Any:
        return super().open(*args, headers=self.always | (headers or {}), **{"buffered": True, **kwargs})


def program(app: Flask) -> Client:
    """A client like a program on this machine: loopback, no browser's headers."""
    return Client(app, app.response_class)


def browser(app: Flask, origin: str = EXTENSION) -> Client:
    """A client like a browser on this machine: the extension, or a web page of that origin."""
    client = program(app)
    client.always |= {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    return client


def token(app: Flask, *scopes: str, name: str = "editor") -> dict[str, str]:
    """The header of a new token with those scopes."""
    secret, _ = app.extensions["obelism"].store.tokens.create(name, scopes or ("edit",), "test")
    return {"Authorization": f"Bearer {secret}"}


@dataclass(frozen=True)
class Running:
    """`obelism serve` as a process, with its folder and its log."""

    address: str
    process: subprocess.Popen[bytes]
    folder: Path
    log: Path

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("utf-8")
        return [int(pid) for pid in children.split()]


@contextlib.contextmanager
def running(
    folder: Path,
    claims: tuple[Claim, ...] = CLAIMS,
    command: tuple[str, ...] = (str(Path(sys.executable).with_name("obelism")), "serve"),
    **environ: str,
) -> Iterator[Running]:
    """The real command on a free port, ready to answer; ended by a signal as an operator would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings_in(folder)
    store = open_store(settings.database_url)
    store.put(claims)
    store.close()
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OBELISM_")},
        "OBELISM_DATABASE_URL": settings.database_url,
        "OBELISM_INDEX_FOLDER": str(settings.index_folder),
        "OBELISM_STARTER_CLAIMS": "0",
        "OBELISM_PORT": str(port),
        "TMPDIR": str(folder),
        **environ,
    }
    log = folder / "log.jsonl"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=env, stdout=stream, stderr=stream, cwd=folder)
    service = Running(f"http://127.0.0.1:{port}", process, folder, log)
    try:
        _wait_until_ready(service)
        yield service
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _wait_until_ready(service: Running) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            raise AssertionError(f"obelism serve ended: {service.log.read_text('utf-8')}")
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{service.address}/readyz", timeout=5).raise_for_status()
            return
        time.sleep(0.1)
    raise AssertionError("obelism serve did not get ready")
