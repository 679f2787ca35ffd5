"""Who speaks in a sentence: the page's own words for the person or organisation."""

from __future__ import annotations

import re
from collections.abc import Sequence


def speaker_of(text: str, language: str, context: Sequence[str] = ()) -> str | None:
    """The words of `text` for whoever states or denies, or None."""
    match = _ACCORDING.search(text)
    return match.group(1).strip() if match else None


_ACCORDING = re.compile(r"(?i:selon|d['’]après|according to)\s+((?:[^\W\d][\w’'.-]*\s?){1,6})")
