"""obelism check"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import httpx
from bs4.dammit import UnicodeDammit
from rich.console import Console

from obelism import __version__
from obelism.cli import given
from obelism.cli.show import show_reading
from obelism.errors import BadInput, PageTooLarge, Unavailable
from obelism.model import Page
from obelism.settings import Settings

FETCH_SECONDS = 20.0


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of POST /v1/notes.")
@click.option(
    "--language",
    metavar="TAG",
    callback=given.language,
    help="The page's language, such as fr.  [told from the page]",
)
@click.option("--url", callback=given.address, help="The page's address, where SOURCE is not it.")
def check(source: str, as_json: bool, language: str | None, url: str | None) -> None:
    """Print the notes of one page: a file, an address, or - for standard input."""
    settings = Settings.from_environment(os.environ)
    content, charset, address = _content(source, settings.max_html_bytes)
    page = Page(_decoded(content, charset), url or address, language)
    # The models take a moment to load; --help and mistakes should not wait for them.
    from obelism.app import create_pipeline

    reading = create_pipeline(settings).read(page)
    if as_json:
        from obelism.api.answers import reading_shown

        click.echo(reading_shown(reading).model_dump_json(indent=2))
    else:
        show_reading(Console(), reading)


def _content(source: str, limit: int) -> tuple[bytes, str | None, str | None]:
    """The bytes of a source, and the charset and address where they are known."""
    if source.lower().startswith(("http://", "https://")):
        return _fetched(source, limit)
    if source == "-":
        content = sys.stdin.buffer.read(limit + 1)
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(limit + 1)
        except OSError as error:
            raise BadInput(f"{source}: {error.strerror}") from error
    if len(content) > limit:
        raise _too_large(source, limit)
    if not content.strip():
        raise BadInput(f"{source}: is empty")
    return content, None, None


def _fetched(address: str, limit: int) -> tuple[bytes, str | None, str | None]:
    headers = {"User-Agent": f"obelism/{__version__}", "Accept": "text/html,application/xhtml+xml"}
    content = b""
    try:
        with httpx.stream(
            "GET", address, headers=headers, timeout=FETCH_SECONDS, follow_redirects=True
        ) as answer:
            if answer.is_error:
                raise Unavailable(f"{address}: answered {answer.status_code}")
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > limit:
                    raise _too_large(address, limit)
            return content, answer.charset_encoding, str(answer.url)
    except httpx.InvalidURL as error:
        raise BadInput(f"{address}: {error}") from error
    except httpx.HTTPError as error:
        raise Unavailable(f"{address}: {str(error) or type(error).__name__}") from error


def _decoded(content: bytes, charset: str | None) -> str:
    """The text of a page: by its byte order mark, its sender, its own declaration, or as UTF-8 or Latin."""
    known = [charset] if charset else []
    found = UnicodeDammit(content, user_encodings=known, is_html=True, smart_quotes_to=None)
    if found.unicode_markup is None:
        raise BadInput("the characters of the page cannot be read; save it as UTF-8")
    return found.unicode_markup


def _too_large(source: str, limit: int) -> PageTooLarge:
    return PageTooLarge(f"{source}: is larger than {limit} bytes (OBELISM_MAX_HTML_BYTES)")
