"""schema.org ClaimReview, as publishers write it -> claims (https://schema.org/ClaimReview)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from obelism.errors import BadClaim
from obelism.ingest.cleaning import address_of, date_of, each, language_in, name_of, page_of_its_own, text_of
from obelism.ingest.language import told_by
from obelism.ingest.rejected import Rejected
from obelism.model import Claim, Review
from obelism.records import MAX_NAME, first_page, host_of, published_id
from obelism.text import fold

_AROUND = ("Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "WebPage", "WebSite")
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says about itself, for what its markup leaves out."""

    url: str | None = None
    language: str | None = None
    site: str = ""
    """The name of the site."""
    title: str = ""
    published: str | None = None


def claims_of(tree: object, where: str, page: Page = Page()) -> Iterator[Claim | Rejected]:
    """The claims of all ClaimReviews in a tree of JSON-LD, in document order.

    Two reviews of one wording are one claim where they are of one page, or in one element of a feed, that names no two
    claimants of it: so an export of ours holds the reviews of a claim. `where` names the document in rejections. The
    tree is used up.
    """
    nodes = list(_nodes(tree))
    named = _Named(
        {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    )
    _put_below_their_claims(nodes)
    reviews = [_resolved(node, named) for node in nodes if _is(node, "ClaimReview")]
    page = _completed(page, _around(nodes, named))
    found = [_taken(review, page, where) for review in reviews]
    if len(set(map(_verdicts, found))) > 1:
        # A page of several checks: its title and date are those of none of them.
        page = replace(page, title="", published=None)
        found = [_taken(review, page, where) for review in reviews]
    yield from (entry for entries in found for entry in entries if isinstance(entry, Rejected))
    claims = [entry for entries in found for entry in entries if isinstance(entry, Claim)]
    is_of_one = isinstance(tree, dict) and "item" in tree and len({claim.claimant for claim in claims}) == 1
    yield from identified(claims, (lambda claim: claim.language) if is_of_one else first_page)


def identified(claims: Iterable[Claim], of: Callable[[Claim], str] = first_page) -> list[Claim]:
    """Claims with ids that are the same wherever and whenever the same review is read.

    Those of one wording `of` the same, of one claimant or of none named, are one claim: that two publishers review the
    same words is no proof that they mean the same, said by the same person. The id is a hash of the review's address;
    of the address and the wording where one page reviews several claims, and of the claimant where several made it.
    So a correction changes a claim and does not add another.
    """
    claims = list(claims)
    claimants: dict[tuple[str, str], str] = {}
    for claim in claims:
        if claim.claimant:
            claimants.setdefault((fold(claim.text), of(claim)), claim.claimant)
    together: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        wording = fold(claim.text), of(claim)
        claimant = claim.claimant or claimants.get(wording)
        key = (*wording, fold(claimant or ""))
        known = together.setdefault(key, claim)
        reviews = _joined((*known.reviews, *claim.reviews))
        together[key] = replace(known, claimant=known.claimant or claimant, reviews=reviews)
    pages = Counter(first_page(claim) for claim in together.values())
    wordings = Counter((first_page(claim), fold(claim.text)) for claim in together.values())
    found: list[Claim] = []
    for claim in together.values():
        page = first_page(claim)
        text = claim.text if pages[page] > 1 else ""
        claimant = claim.claimant if wordings[page, fold(claim.text)] > 1 else None
        found.append(replace(claim, id=published_id(page, text, claimant or "")))
    return found


def _joined(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """`reviews`, those of one address and rating as one: pages say the same in JSON-LD and in microdata."""
    joined: dict[tuple[str, str], Review] = {}
    for review in reviews:
        first = joined.setdefault(_verdict(review), review)
        joined[_verdict(review)] = replace(
            first,
            title=first.title or review.title,
            date=first.date or review.date,
            state=review.state if first.state == "current" else first.state,
        )
    return tuple(joined.values())


def _verdict(review: Review) -> tuple[str, str]:
    return review.url, fold(review.rating)


def _verdicts(found: Sequence[Claim | Rejected]) -> tuple[object, ...]:
    """What one ClaimReview says of what: the same for two that say the same."""
    return tuple(
        entry if isinstance(entry, Rejected) else (fold(entry.text), *map(_verdict, entry.reviews))
        for entry in found
    )


def _taken(node: Node, page: Page, where: str) -> list[Claim | Rejected]:
    try:
        return list(_claims(node, page))
    except BadClaim as error:
        return [Rejected(where, str(error))]


def _claims(node: Node, page: Page) -> Iterator[Claim]:
    """A claim for each wording that the review names. Raises BadClaim when it names none, or no address."""
    item = next((item for item in each(node.get("itemReviewed")) if isinstance(item, dict)), {})
    texts = [text for words in each(node.get("claimReviewed")) if (text := text_of(words))]
    texts = texts or [text for text in (_words_of(node.get("claimReviewed"), item),) if text]
    if not texts:
        raise BadClaim("ClaimReview has no claimReviewed; without the claim's words nothing can be matched")
    yield from (_claim(text, item, node, page) for text in texts)


def _claim(text: str, item: Node, node: Node, page: Page) -> Claim:
    url = page_of_its_own(
        address_of(node.get("url"), page.url),
        address_of(node.get("mainEntityOfPage"), page.url),
        address_of(node.get("@id")),
        page.url,
    )
    if url is None:
        raise BadClaim("ClaimReview has no url; every review needs an http(s) address")
    title = text_of(node.get("name")) or text_of(node.get("headline")) or page.title
    stated = language_in(node.get("inLanguage")) or page.language
    language = told_by(f"{text}\n{title}", url, stated)
    review = Review(
        publisher=_publisher(node) or page.site or host_of(url),
        rating=_rating(node.get("reviewRating")),
        url=url,
        title=title,
        date=date_of(node.get("datePublished")) or page.published,
        language=language,
        state="corrected" if any(each(node.get("correction"))) else "current",
    )
    claimant = name_of(item.get("author")) or name_of(item.get("creator"))
    return Claim("", text, language, claimant[:MAX_NAME] or None, reviews=(review,))


def _words_of(*values: object) -> str:
    """The words of the first schema.org Claim; a CreativeWork's name is a title, not what it claims."""
    for value in values:
        for found in each(value):
            is_claim = isinstance(found, dict) and _is(found, "Claim")
            if is_claim and (text := text_of(found.get("text")) or text_of(found.get("name"))):
                return text
    return ""


def _publisher(node: Node) -> str:
    """The organisation that answers for the review: its author, unless that is, or may be, a journalist."""
    parties = [party for role in ("author", "publisher") for party in each(node.get(role))]
    parties = [party for party in parties if not (isinstance(party, dict) and _is(party, "Person"))]
    organisations = [party for party in parties if isinstance(party, dict) and {"@type", "type"} & set(party)]
    return _first(map(name_of, (*organisations, *parties))) or ""


def _rating(value: object) -> str:
    """The rating's own words; its number only where it has no words."""
    told: list[str] = []
    for rating in each(value):
        if isinstance(rating, dict):
            told.extend(text_of(rating.get(field)) for field in ("alternateName", "name", "ratingValue"))
        else:
            told.append(text_of(rating))
    return _first(text for text in told if any(map(str.isalpha, text))) or _first(told) or ""


def _completed(page: Page, around: Sequence[Node]) -> Page:
    """What the markup says of the page around the review, where it says it."""
    publishers = [name_of(node.get("publisher")) for node in around]
    sites = [text_of(node.get("name"), MAX_NAME) for node in around if _is(node, "WebSite")]
    titles = [text_of(node.get("headline")) for node in around]
    dates = [date_of(node.get("datePublished")) for node in around]
    return replace(
        page,
        site=_first([*publishers, *sites, page.site]) or "",
        title=_first([*titles, page.title]) or "",
        published=_first([*dates, page.published]),
    )


def _around(nodes: Iterable[Node], named: _Named) -> list[Node]:
    around = [node for node in nodes if _is(node, *_AROUND) and not _is(node, "ClaimReview")]
    return [_resolved(node, named) for node in around]


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _is(node: Node, *types: str) -> bool:
    given = {_bare(str(kind)).lower() for kind in each(node.get("@type", node.get("type")))}
    return any(kind.lower() in given for kind in types)


def _bare(term: str) -> str:
    """A term of schema.org without its address or prefix: "schema:url", "http://schema.org/url"."""
    return term.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _put_below_their_claims(nodes: Iterable[Node]) -> None:
    """Some say it the other way round: a Claim that holds its reviews. Then it is what they review."""
    for node in (node for node in nodes if "review" in node and _is(node, "Claim")):
        claim = {name: value for name, value in node.items() if name != "review"}
        for review in each(node["review"]):
            if isinstance(review, dict) and _is(review, "ClaimReview"):
                review.setdefault("itemReviewed", claim)


class _Named:
    """The nodes of a tree that others refer to by `@id`, and what was made of each: a page can name one that names
    another, each a hundred thousand times."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._resolved: dict[tuple[str, int], dict[str, Any]] = {}

    def refers(self, node: Node) -> bool:
        """Whether `node` says nothing but the `@id` of one of them."""
        id = node.get("@id")
        return set(node) <= {"@id", "@type"} and isinstance(id, str) and id in self._nodes

    def resolved(self, id: str, depth: int) -> dict[str, Any]:
        if (id, depth) not in self._resolved:
            self._resolved[id, depth] = _resolved(self._nodes[id], self, depth)
        return self._resolved[id, depth]


def _resolved(node: Node, named: _Named, depth: int = 2) -> dict[str, Any]:
    """`node`, with what it and its parts only refer to by `@id` put in place: a review's item has an author."""
    return {name: _referred(value, named, depth) for name, value in node.items()}


def _referred(value: object, named: _Named, depth: int) -> object:
    if isinstance(value, list):
        return [_referred(entry, named, depth) for entry in value]
    if not isinstance(value, dict) or depth == 0:
        return value
    if named.refers(value):
        return named.resolved(value["@id"], depth - 1)
    return _resolved(value, named, depth - 1)


def _nodes(tree: object) -> Iterator[Node]:
    """Every object of a tree in document order, without recursion: markup can be nested deep.

    The names of their properties are made bare in place.
    """
    waiting: list[Any] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for name in [name for name in value if name != _bare(name)]:
                value[_bare(name)] = value.pop(name)
            yield value
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
