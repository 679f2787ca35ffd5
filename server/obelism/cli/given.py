"""What stands behind an option, checked: callbacks for click, which names the option in the mistake."""

from __future__ import annotations

from collections.abc import Callable

import click

from obelism import records


def date(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """A calendar date of ISO 8601, or its year, or its month."""
    return _checked(given, records.iso_date, "a date such as 2024-10-25")


def language(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """The primary subtag of a language tag, as claims have it."""
    return _checked(given, records.primary_language, "a language tag such as fr")


def address(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """An address of the web."""
    return _checked(given, lambda url: url if records.is_web_address(url) else None, "an http(s) address")


def _checked(given: str | None, read: Callable[[str], str | None], what: str) -> str | None:
    found = None if given is None else read(given)
    if given is not None and found is None:
        raise click.BadParameter(f"{given!r} is not {what}")
    return found
