"""/v1/claims: claims are read by anyone who may call, and changed with an editor's token."""

from __future__ import annotations

from urllib.parse import quote

from obelism import records
from obelism.api.answers import claim_shown
from obelism.api.operations import Answer, Asked, Operations
from obelism.api.problems import Problem
from obelism.api.shapes import ClaimPage, ClaimPath, ClaimQuery, ClaimSent, ClaimShown
from obelism.errors import NotFound
from obelism.model import Claim
from obelism.store import Taken

EDIT = "edit"
ONE = "/v1/claims/<path:id>"

operations = Operations()


@operations.add(
    "GET",
    "/v1/claims",
    "List claims",
    query=ClaimQuery,
    answers={200: ClaimPage},
    limited=True,
    for_readers=True,
)
def list_claims(asked: Asked) -> Answer:
    query: ClaimQuery = asked.query
    found = list(
        asked.service.store.claims(
            query.after,
            query.limit + 1,
            query=query.q,
            publisher=query.publisher,
            status=query.status,
            language=query.language,
            since=query.since,
        )
    )
    page = found[: query.limit]
    following = page[-1].id if len(found) > len(page) else None
    return Answer(ClaimPage(claims=[claim_shown(claim) for claim in page], next=following))


@operations.add(
    "GET",
    ONE,
    "Show one claim",
    path_shape=ClaimPath,
    answers={200: ClaimShown},
    problems=(404,),
    limited=True,
    for_readers=True,
)
def show_claim(asked: Asked) -> Answer:
    return Answer(claim_shown(_stored(asked, asked.path["id"])))


@operations.add(
    "POST",
    "/v1/claims",
    "Add a claim",
    body=ClaimSent,
    answers={201: ClaimShown},
    problems=(409,),
    scope=EDIT,
    limited=True,
    writes=True,
)
def add_claim(asked: Asked) -> Answer:
    claim = _claim(asked.body)
    try:
        asked.service.store.desk.add(claim, asked.actor or "")
    except Taken as error:
        raise Problem(
            409, "exists", "There is such a claim", "A claim with this id is stored; PUT changes it."
        ) from error
    return _shown(asked, claim, 201)


@operations.add(
    "PUT",
    ONE,
    "Change a claim, or add it under that id",
    body=ClaimSent,
    path_shape=ClaimPath,
    answers={200: ClaimShown, 201: ClaimShown},
    problems=(409,),
    scope=EDIT,
    limited=True,
    writes=True,
)
def put_claim(asked: Asked) -> Answer:
    claim = _claim(asked.body)
    if claim.id != asked.path["id"]:
        raise Problem(409, "other-id", "Two ids", "The id in the body is not the one in the address.")
    status = 200 if asked.service.store.get(claim.id) else 201
    asked.service.store.put([claim], asked.actor or "", edit=True)
    return _shown(asked, claim, status)


@operations.add(
    "DELETE",
    ONE,
    "Retire a claim; its history stays",
    path_shape=ClaimPath,
    answers={204: None},
    problems=(404,),
    scope=EDIT,
    limited=True,
    writes=True,
)
def retire_claim(asked: Asked) -> Answer:
    asked.service.store.retire(asked.path["id"], asked.actor or "")
    return Answer(None, 204)


def _claim(sent: ClaimSent) -> Claim:
    return records.parse(sent.model_dump(exclude={"status"}))


def _shown(asked: Asked, claim: Claim, status: int) -> Answer:
    stored = _stored(asked, claim.id)
    location = f"/v1/claims/{quote(claim.id, safe='')}"
    return Answer(claim_shown(stored), status, {"Location": location} if status == 201 else {})


def _stored(asked: Asked, id: str) -> Claim:
    claim = asked.service.store.get(id)
    if claim is None:
        raise NotFound(f"no claim {id}")
    return claim
