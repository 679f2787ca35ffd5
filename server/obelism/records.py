"""Claim records: the form in which claims are imported, exported and kept (docs/CLAIMS.md).

{"id", "text", "language", "claimant"?, "phrasings": [...], "reviews": [...], "positions": [...]}
"""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args
from urllib.parse import quote, urlsplit

from obelism.errors import BadClaim
from obelism.model import Claim, Phrasing, Position, Review, ReviewState, Stance
from obelism.text import fold

T = TypeVar("T")

PUBLISHED = "cr-"
"""How the ids of claims begin whose record is the publisher's own markup; the rest of it is a hash."""

STANCES: tuple[Stance, ...] = get_args(Stance)
STATES: tuple[ReviewState, ...] = get_args(ReviewState)

# Generous: the longest claim of 300,000 published ClaimReviews is a chain letter of about 5,000 characters.
MAX_TEXT = 10_000
MAX_NAME = 500
MAX_ID = 200
MAX_URL = 4_000
MAX_ITEMS = 1_000

# Control characters that are no white space, and lone surrogates: nobody can read any of them.
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# Text with these is damaged: PostgreSQL cannot keep the one, UTF-8 cannot write the others.
_DAMAGE = re.compile(r"[\x00\ud800-\udfff]")
_NOT_IN_ADDRESSES = re.compile(r"[\s<>\"\\`{}|^]")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_][A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{1,2}:\d{2}.*|Z|[+-]\d{2}:\d{2})?)?)?")

# ISO 639-2 and 639-3 codes of languages that BCP 47 writes with two letters: research sets have these.
_CODES = """
    afr:af alb:sq amh:am ara:ar arm:hy aze:az baq:eu bel:be ben:bn bos:bs bul:bg bur:my cat:ca ces:cs chi:zh cze:cs
    dan:da deu:de dut:nl ell:el eng:en est:et eus:eu fas:fa fin:fi fra:fr fre:fr geo:ka ger:de glg:gl gre:el guj:gu
    hau:ha heb:he hin:hi hrv:hr hun:hu hye:hy ind:id isl:is ita:it jpn:ja kan:kn kat:ka kaz:kk khm:km kor:ko lao:lo
    lav:lv lit:lt mac:mk mal:ml mar:mr may:ms mkd:mk mon:mn msa:ms mya:my nep:ne nld:nl nob:nb nor:no ori:or pan:pa
    per:fa pol:pl por:pt ron:ro rum:ro rus:ru sin:si slk:sk slo:sk slv:sl som:so spa:es sqi:sq srp:sr swa:sw swe:sv
    tam:ta tel:te tha:th tur:tr ukr:uk urd:ur uzb:uz vie:vi yor:yo zho:zh zul:zu
"""
_OF_THREE_LETTERS = dict(pair.split(":") for pair in _CODES.split())


def parse(record: object) -> Claim:
    """The claim of a record that came from outside; fields that the format does not know are ignored.

    Raises BadClaim with the first thing that is wrong and what to do about it.
    """
    if not isinstance(record, Mapping):
        raise BadClaim('not a claim record; it must be an object such as {"id": …, "text": …, "language": …}')
    identity = _id(record)
    text = _required(record, "text", "claim", MAX_TEXT)
    language = _language(_required(record, "language", "claim", MAX_NAME))
    return Claim(
        identity,
        text,
        language,
        claimant=_text(record, "claimant", "claim", MAX_NAME) or None,
        phrasings=_items(record, "phrasings", lambda item: _phrasing(item, language)),
        reviews=_items(record, "reviews", _review),
        positions=_items(record, "positions", _position),
    )


def to_record(claim: Claim) -> dict[str, Any]:
    """The record of a claim; `claimant` and a review's `state` only where they say something."""
    record: dict[str, Any] = {"id": claim.id, "text": claim.text, "language": claim.language}
    if claim.claimant is not None:
        record["claimant"] = claim.claimant
    record["phrasings"] = [{"text": p.text, "language": p.language} for p in claim.phrasings]
    record["reviews"] = [_review_record(review) for review in claim.reviews]
    record["positions"] = [
        {"party": p.party, "stance": p.stance, "url": p.url, "title": p.title, "date": p.date}
        for p in claim.positions
    ]
    return record


def dump(claim: Claim) -> str:
    """The record as one line of JSON; equal claims give equal lines."""
    return json.dumps(to_record(claim), ensure_ascii=False)


def load(line: str) -> Claim:
    """The claim of a line that `dump` wrote; nothing is checked again."""
    record = json.loads(line)
    return Claim(
        record["id"],
        record["text"],
        record["language"],
        record.get("claimant"),
        tuple(Phrasing(**phrasing) for phrasing in record["phrasings"]),
        tuple(Review(**review) for review in record["reviews"]),
        tuple(Position(**position) for position in record["positions"]),
    )


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http or https address, with a host and nothing that needs escaping."""
    if len(url) > MAX_URL or _NOT_IN_ADDRESSES.search(url) or UNREADABLE.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def escaped_address(url: str) -> str:
    """`url` with blanks and the like written as browsers send them: "a b" as "a%20b"."""
    return _NOT_IN_ADDRESSES.sub(lambda character: quote(character[0]), url.strip())


def iso_date(date: str) -> str | None:
    """`date` as an ISO 8601 calendar date, of the precision that it has; None when it is something else."""
    found = _DATE.fullmatch(date.strip())
    if not found:
        return None
    year, month, day = found.groups()
    if not 1 <= int(month or 1) <= 12 or not 1 <= int(day or 1) <= monthrange(int(year), int(month or 1))[1]:
        return None
    return "-".join(part for part in (year, month, day) if part)


def primary_language(tag: str) -> str | None:
    """The primary subtag of a BCP 47 tag ("fr-CA", "pt_BR", "eng"), of two letters where it has two; else None."""
    found = _LANGUAGE.fullmatch(tag.strip())
    return _OF_THREE_LETTERS.get(found[1].lower(), found[1].lower()) if found else None


def host_of(url: str) -> str:
    """The site of an address: the name of a publisher who does not give one."""
    # Lower case may be longer than what it is of: "İ" becomes two characters.
    return (urlsplit(url).hostname or "").removeprefix("www.")[:MAX_NAME]


def published_id(url: str, text: str = "", claimant: str = "") -> str:
    """The id of a claim that is known by the address of its review, or by more where that names several."""
    # Not fold(): ids must outlive any change in how texts are compared.
    words = (" ".join(words.split()).casefold() for words in (text, claimant) if words)
    told = "\n".join((url, *words))
    return PUBLISHED + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:20]


def first_page(claim: Claim) -> str:
    """The page that names a claim: that of its earliest review, so that later ones do not change its id."""
    return min(claim.reviews, key=lambda review: (review.date or "9999", review.url)).url


def may_share_claimant(one: Claim, other: Claim) -> bool:
    """Whether two claims are not said to be made by two: their words alone do not make them one."""
    return not one.claimant or not other.claimant or fold(one.claimant) == fold(other.claimant)


def _review_record(review: Review) -> dict[str, Any]:
    record: dict[str, Any] = {
        "publisher": review.publisher,
        "rating": review.rating,
        "url": review.url,
        "title": review.title,
        "date": review.date,
        "language": review.language,
    }
    if review.state != "current":
        record["state"] = review.state
    return record


def _id(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    # Many tables number their claims.
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    identity = _required({"id": value}, "id", "claim", MAX_ID)
    if re.search(r"\s", identity):
        raise BadClaim(f"id {identity!r} holds white space; use letters, digits and dashes")
    return identity


def _phrasing(item: Mapping[str, Any], language: str) -> Phrasing:
    given = _text(item, "language", "phrasing", MAX_NAME)
    return Phrasing(
        _required(item, "text", "phrasing", MAX_TEXT),
        _language(given) if given else language,
    )


def _review(item: Mapping[str, Any]) -> Review:
    state = _text(item, "state", "review", MAX_NAME) or "current"
    if state not in STATES:
        raise BadClaim(f"review has state {state!r}; it must be one of: {', '.join(STATES)}")
    url = _url(item, "review")
    return Review(
        publisher=_text(item, "publisher", "review", MAX_NAME) or host_of(url),
        rating=_text(item, "rating", "review", MAX_TEXT),
        url=url,
        title=_text(item, "title", "review", MAX_TEXT),
        date=_date(item, "review"),
        language=_language(_text(item, "language", "review", MAX_NAME) or "und"),
        state=state,
    )


def _position(item: Mapping[str, Any]) -> Position:
    stance = _text(item, "stance", "position", MAX_NAME)
    if stance not in STANCES:
        given = f"has stance {stance!r}" if stance else "has no stance"
        raise BadClaim(f"position {given}; it must be one of: {', '.join(STANCES)}")
    return Position(
        party=_required(item, "party", "position", MAX_NAME),
        stance=stance,
        url=_url(item, "position"),
        title=_text(item, "title", "position", MAX_TEXT),
        date=_date(item, "position"),
    )


def _items(
    record: Mapping[str, Any], name: str, parse_item: Callable[[Mapping[str, Any]], T]
) -> tuple[T, ...]:
    values = record.get(name) or []
    if not isinstance(values, list):
        raise BadClaim(f"{name} must be a list")
    if len(values) > MAX_ITEMS:
        raise BadClaim(
            f"{name} holds {len(values)} entries; {MAX_ITEMS} are the most that one claim can have"
        )
    if not all(isinstance(value, Mapping) for value in values):
        raise BadClaim(f"{name} holds an entry that is not an object")
    return tuple(dict.fromkeys(parse_item(value) for value in values))


def _required(record: Mapping[str, Any], name: str, owner: str, most: int) -> str:
    value = _text(record, name, owner, most)
    if not value:
        raise BadClaim(f"{owner} has no {name}")
    return value


def _text(record: Mapping[str, Any], name: str, owner: str, most: int) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadClaim(f"{owner} has a {name} that is not text")
    if _DAMAGE.search(value):
        raise BadClaim(f"{owner} has a {name} with NUL characters or lone surrogates; it is damaged")
    if len(value) > most:
        raise BadClaim(f"{owner} has a {name} of {len(value)} characters; {most} are the most")
    # Two in 19,250 claims of a public collection hold a stray control character: no reason to lose them.
    return UNREADABLE.sub("", value).strip()


def _language(tag: str) -> str:
    language = primary_language(tag)
    if language is None:
        raise BadClaim(f"language {tag!r} is not a language tag such as en, fr or und")
    return language


def _url(item: Mapping[str, Any], owner: str) -> str:
    url = escaped_address(_text(item, "url", owner, MAX_URL))
    if is_web_address(url):
        return url
    given = f"has url {url[:80]!r}" if url else "has no url"
    raise BadClaim(f"{owner} {given}; every {owner} needs an http(s) address")


def _date(item: Mapping[str, Any], owner: str) -> str | None:
    given = _text(item, "date", owner, MAX_NAME)
    if not given:
        return None
    date = iso_date(given)
    if date is None:
        raise BadClaim(f"{owner} has date {given!r}; write dates as 2024-10-25")
    return date
