"""obelism doctor"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
import httpx

from obelism import __version__
from obelism.errors import ObelismError
from obelism.settings import Settings, unknown_variables
from obelism.starter import open_claims

ENOUGH_BYTES = 200 * 1024 * 1024
# Claims to try the second encoder with, and so many a second below which look-ups are noticeably slower.
EXAMPLES = [f"The minister telephoned the banker in week {number} of the year." for number in range(16)]
SLOW = 10
THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]", "::1"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; a mend says what to do, and without one all is well."""

    fact: str
    mend: str = ""
    serious: bool = True


@click.command()
def doctor() -> None:
    """Check this installation and say what to mend; exits 1 when something must be."""
    checks: list[Callable[[Settings], Finding]] = [
        _python,
        _variables,
        _database,
        _disk,
        _index,
        _models,
        _second_encoder,
        _callers,
        _requests,
        _cookies,
        _service,
    ]
    settings = Settings.from_environment(os.environ)
    findings = [_run(check, settings) for check in checks]
    for finding in findings:
        sign, colour = (
            ("ok   ", "green")
            if not finding.mend
            else ("mend ", "red")
            if finding.serious
            else ("note ", "yellow")
        )
        click.echo(click.style(sign, fg=colour) + finding.fact)
        if finding.mend:
            click.echo(f"     {finding.mend}")
    sys.exit(any(finding.mend and finding.serious for finding in findings))


def _run(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except (ObelismError, OSError) as error:
        return Finding(str(error), "see the message above; docs/OPERATING.md has the remedies")


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"obelism {__version__} on Python {version}")


def _variables(_: Settings) -> Finding:
    unknown = unknown_variables(os.environ)
    if unknown:
        return Finding(
            f"unknown settings: {', '.join(unknown)}", "docs/SETTINGS.md lists those there are", False
        )
    return Finding("all OBELISM_* variables are settings")


def _database(settings: Settings) -> Finding:
    store = open_claims(settings)
    count = store.count()
    mend = "" if count else "bring some in: obelism claims import SOURCE…"
    return Finding(f"the claim database answers and holds {count} claims", mend, False)


def _disk(settings: Settings) -> Finding:
    path = settings.sqlite_path
    if path is None:
        return Finding("the claims are on a database server")
    free = shutil.disk_usage(_nearest(path.absolute().parent)).free
    mend = "" if free > ENOUGH_BYTES else "make room: imports and the index need some"
    return Finding(f"{free // 1024**2} MB are free beside {path}", mend)


def _index(settings: Settings) -> Finding:
    folder = settings.index_folder.absolute()
    there = _nearest(folder)
    if not (there.is_dir() and os.access(there, os.W_OK)):
        return Finding(
            f"the index cannot be kept in {folder}",
            "let the folder be written, or choose another in OBELISM_INDEX_FOLDER: each start builds it anew",
            False,
        )
    return Finding(f"the index is kept in {folder}")


def _nearest(folder: Path) -> Path:
    """`folder`, or what of the path to it exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _models(settings: Settings) -> Finding:
    from obelism.app import create_pipeline

    matches = create_pipeline(settings).look_up("This installation works.", "en", 1)
    return Finding(f"encoder, index and verifier work ({len(matches)} claim looked up)")


def _second_encoder(settings: Settings) -> Finding:
    from obelism.app import second_encoder

    encoder = second_encoder(settings)
    if encoder is None:
        return Finding("look-ups are ordered without a second encoder")
    started = perf_counter()
    encoder.encode(EXAMPLES)
    speed = len(EXAMPLES) / (perf_counter() - started)
    slow = "look-ups take up to two seconds; a smaller model is quicker" if speed < SLOW else ""
    return Finding(f"the second encoder {encoder.name} works: {speed:.0f} short texts/s", slow, False)


def _callers(settings: Settings) -> Finding:
    if settings.host in THIS_MACHINE and not settings.trusted_proxies:
        return Finding("the service is for this machine")
    if set(settings.hosts) <= THIS_MACHINE:
        return Finding(
            "other machines are to call the service, and it answers to no name but this machine's own",
            "put the names under which it is called into OBELISM_HOSTS; all others are answered 421",
        )
    return Finding(f"the service answers to {', '.join(settings.hosts)}")


def _requests(settings: Settings) -> Finding:
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    from obelism.api.limits import PATIENCE

    where = settings.rate_limit_storage.split("://")[0]
    try:
        reached = storage_from_string(settings.rate_limit_storage, **PATIENCE).check()
    except (ConfigurationError, OSError):
        reached = False
    if not reached:
        return Finding(
            f"the {where} that counts requests does not answer",
            "start it or correct OBELISM_RATE_LIMIT_STORAGE (redis needs obelism[redis])",
        )
    return Finding(f"requests are counted in {where}")


def _cookies(settings: Settings) -> Finding:
    if not settings.sqlite_path and not os.environ.get("OBELISM_SECRET_KEY"):
        return Finding(
            "the key that signs editors' cookies is drawn anew at each start",
            "where several nodes share the database, give all of them the same OBELISM_SECRET_KEY",
            False,
        )
    return Finding("editors' cookies are signed")


def _service(settings: Settings) -> Finding:
    address = _address(settings)
    try:
        answer = httpx.get(f"{address}/readyz", headers={"Host": next(iter(settings.hosts), "")}, timeout=3)
        state = answer.json()["status"] if answer.is_success else f"answers {answer.status_code}"
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return Finding(f"no Obelism answers at {address}", "start it: obelism serve", False)
    return Finding(f"the service at {address} is {state}", "" if state == "ready" else "look into its log")


def _address(settings: Settings) -> str:
    """Where this machine itself reaches the service."""
    listening = settings.host.strip("[]")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listening, listening)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
