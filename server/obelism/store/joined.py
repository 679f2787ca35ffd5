"""A source's new version and an editor's corrections as one claim: a three-way merge, field by field.

The base is the version that the source sent last. Reviews and positions are known again by their page and by whose
they are, so that a correction is joined with the source's news of the same review instead of standing beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TypeVar

from obelism.model import Claim, Phrasing, Position, Review
from obelism.store.claims import url_key
from obelism.text import fold

Item = TypeVar("Item", bound=Phrasing | Review | Position)


def joined(base: Claim, ours: Claim, theirs: Claim) -> Claim:
    """`theirs`, with what editors have changed from `base` to `ours`."""
    if ours == base:
        return theirs
    return Claim(
        theirs.id,
        theirs.text if ours.text == base.text else ours.text,
        theirs.language if ours.language == base.language else ours.language,
        theirs.claimant if ours.claimant == base.claimant else ours.claimant,
        joined_items(base.phrasings, ours.phrasings, theirs.phrasings),
        joined_items(base.reviews, ours.reviews, theirs.reviews),
        joined_items(base.positions, ours.positions, theirs.positions),
    )


def joined_items(base: Sequence[Item], ours: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, ...]:
    """`ours`, with what the source has changed from `base` to `theirs`.

    Where both have changed a field, or an editor took an item out, the editor's word counts. But a new verdict is news:
    it is taken as the source gives it.
    """
    # What was replaced is history, and no correction of what replaced it.
    replaced = [item for item in ours if _is_superseded(item) and item not in base]
    mine = counterparts(base, [item for item in ours if item not in replaced])
    sent = counterparts(base, theirs)
    became: dict[Item, Item | None] = {item: item for item in ours}
    news: list[Item] = []
    for was, my, their in zip(base, mine, sent, strict=True):
        if my is not None:
            became[my] = _joined_item(was, my, their)
        elif their is not None and _verdict(their) != _verdict(was):
            news.append(their)
    own = {(_page(item), _verdict(item)) for item in ours if item not in mine and item not in replaced}
    news += [item for item in theirs if item not in sent and (_page(item), _verdict(item)) not in own]
    return tuple(dict.fromkeys([*filter(None, became.values()), *news]))


def counterparts(base: Sequence[Item], others: Sequence[Item]) -> list[Item | None]:
    """What each item of `base` is among `others`: itself, or one of its page, of its publisher if it can be."""
    left: dict[object, list[Item]] = defaultdict(list)
    for other in others:
        if other not in base:
            left[_page(other)].append(other)
    found: list[Item | None] = []
    for item in base:
        alike = left[_page(item)]
        one = item if item in others else min(alike, key=lambda other: _by(other) != _by(item), default=None)
        if one in alike:
            alike.remove(one)
        found.append(one)
    return found


def _joined_item(base: Item, ours: Item, theirs: Item | None) -> Item | None:
    if theirs is None:
        return None if ours == base else ours
    if _verdict(theirs) not in (_verdict(base), _verdict(ours)):
        return theirs
    names = [field.name for field in fields(ours)]
    changed = {name: getattr(ours, name) for name in names if getattr(ours, name) != getattr(base, name)}
    return replace(theirs, **changed)


def _page(item: Phrasing | Review | Position) -> object:
    """Equal for two items that may be versions of one."""
    if isinstance(item, Review):
        return url_key(item.url)
    # A page can quote many parties, and a wording is only itself.
    return (url_key(item.url), fold(item.party)) if isinstance(item, Position) else item


def _by(item: Phrasing | Review | Position) -> str:
    return fold(item.publisher) if isinstance(item, Review) else ""


def _verdict(item: Phrasing | Review | Position) -> str:
    if isinstance(item, Review):
        return fold(item.rating)
    return item.stance if isinstance(item, Position) else ""


def _is_superseded(item: Phrasing | Review | Position) -> bool:
    return isinstance(item, Review) and item.state == "superseded"
