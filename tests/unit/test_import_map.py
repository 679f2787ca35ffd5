"""The import map: a module of Obelism imports only from lines below its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "server" / "obelism"

# Top to bottom; modules on one line do not know each other.
MAP = """
    cli
    app
    api
    starter evaluation imports twins
    pipeline store ingest settings
    article statements candidates matches framing notes
    encoder verifier exports
    ratings names records
    model text errors
"""
LINES = [line.split() for line in MAP.strip().splitlines()]
LEVEL = {name: level for level, line in enumerate(LINES) for name in line}
FREE = {"__version__"}  # lives in obelism/__init__.py, below everything

STAGES = {name for line in LINES[LEVEL["article"] :] for name in line}
NETWORK_AND_CLOCK = {"socket", "httpx", "requests", "urllib.request", "http", "time", "asyncio"}
WEB = {"flask", "flask_cors", "flask_limiter", "werkzeug", "gunicorn"}
SQL = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}


def imported_by(source: str) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import: write the whole name, so that the map can be read"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden(importer: str, imported: str) -> bool:
    """Whether the map forbids that the module `importer` of Obelism imports the full name `imported`."""
    top, _, rest = imported.partition(".")
    target = rest.split(".")[0]
    if top == "obelism":
        return target not in {importer, *FREE} and LEVEL.get(target, -1) <= LEVEL[importer]
    return (
        (top in WEB and importer not in {"api", "app", "cli"})
        or (top in SQL and importer != "store")
        or (importer in STAGES and any(f"{imported}.".startswith(f"{name}.") for name in NETWORK_AND_CLOCK))
    )


def files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_import_goes_down(path: Path) -> None:
    module = module_of(path)
    assert module in LEVEL, f"{module} has no place on the map"
    arrows = [name for name in imported_by(path.read_text(encoding="utf-8")) if forbidden(module, name)]
    assert not arrows, f"{module} may not import {', '.join(arrows)}"


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("article", "obelism.statements.statements_of"),
        ("article", "obelism.pipeline.Pipeline"),
        ("store", "obelism.ingest.load"),
        ("api", "obelism.app.create_app"),
        ("text", "obelism.model.Page"),
        ("matches", "obelism.nowhere"),
        ("ingest", "sqlalchemy.select"),
        ("pipeline", "flask.request"),
        ("notes", "time.monotonic"),
        ("article", "urllib.request.urlopen"),
    ],
)
def test_the_map_forbids_arrows_up_and_sideways(importer: str, imported: str) -> None:
    assert forbidden(importer, imported)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("cli", "obelism.app.create_app"),
        ("api", "obelism.store.Store"),
        ("store", "sqlalchemy.select"),
        ("article", "urllib.parse.urlsplit"),
    ],
)
def test_the_map_allows_arrows_down(importer: str, imported: str) -> None:
    assert not forbidden(importer, imported)


def test_no_module_is_on_the_map_twice() -> None:
    assert len(LEVEL) == sum(map(len, LINES))
