"""obelism doctor"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import click
import httpx

from obelism import __version__
from obelism.errors import ObelismError
from obelism.settings import Settings, unknown_variables
from obelism.starter import open_claims

ENOUGH_BYTES = 200 * 1024 * 1024


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
        _models,
        _requests,
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
    except ObelismError as error:
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
    free = shutil.disk_usage(path.absolute().parent).free
    mend = "" if free > ENOUGH_BYTES else "make room: imports and the index need some"
    return Finding(f"{free // 1024**2} MB are free beside {path}", mend)


def _models(settings: Settings) -> Finding:
    from obelism.app import create_pipeline

    matches = create_pipeline(settings).look_up("This installation works.", "en", 1)
    return Finding(f"encoder, index and verifier work ({len(matches)} claim looked up)")


def _requests(settings: Settings) -> Finding:
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    where = settings.rate_limit_storage.split("://")[0]
    try:
        reached = storage_from_string(settings.rate_limit_storage).check()
    except (ConfigurationError, OSError):
        reached = False
    if not reached:
        return Finding(
            f"the {where} that counts requests does not answer",
            "start it or correct OBELISM_RATE_LIMIT_STORAGE (redis needs obelism[redis])",
        )
    return Finding(f"requests are counted in {where}")


def _service(settings: Settings) -> Finding:
    address = f"http://{settings.host}:{settings.port}"
    try:
        answer = httpx.get(f"{address}/readyz", timeout=3)
        state = answer.json()["status"] if answer.is_success else f"answers {answer.status_code}"
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return Finding(f"no Obelism answers at {address}", "start it: obelism serve", False)
    return Finding(f"the service at {address} is {state}", "" if state == "ready" else "look into its log")
