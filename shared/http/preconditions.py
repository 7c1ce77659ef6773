"""Request headers of changes: If-Match with the version, Idempotency-Key for repetitions."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from shared.errors import Invalid, VersionMissing
from shared.idempotency import KeyedRequest
from shared.models import ExpectedVersion
from shared.sentences import _

ETAG = re.compile(r'(W/)?"(\d{1,18})"')


def expected_version(
    if_match: Annotated[str | None, Header(description='The ETag of the version that you read: `"3"`')] = None,
) -> ExpectedVersion:
    """Return the versions that a change may be based on. A weak ETag matches none. Raises VersionMissing, Invalid."""
    if if_match is None:
        raise VersionMissing(_("Send the ETag of the version that you read in the If-Match header."), field="If-Match")
    if if_match.strip() == "*":
        return ExpectedVersion(None)
    tags = [ETAG.fullmatch(tag.strip()) for tag in if_match.split(",")]
    if not all(tags):
        raise Invalid(
            _('If-Match must be an ETag in quotes, such as "3". Use the ETag of your last answer.'), field="If-Match"
        )
    return ExpectedVersion(frozenset(int(tag[2]) for tag in tags if tag and not tag[1]))


IfMatch = Annotated[ExpectedVersion, Depends(expected_version)]

FINGERPRINTED = ("if-match", "if-none-match", "content-type")  # headers that change what a request means


async def keyed_request(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=100,
            description="A random value of your choice; a repeated request with the same key gets the first answer",
        ),
    ] = None,
) -> KeyedRequest | None:
    """Return the key with the fingerprint of the whole request; None without a key."""
    if key is None:
        return None
    headers = [", ".join(request.headers.getlist(name)) for name in FINGERPRINTED]
    head = [request.method, request.scope["path"], request.scope["query_string"].decode("latin-1"), *headers]
    return KeyedRequest.of(key, head, await request.body())


IdempotencyKey = Annotated[KeyedRequest | None, Depends(keyed_request)]


def etag(response: Response, version: int) -> None:
    """Set the ETag header."""
    response.headers["ETag"] = f'"{version}"'


def created(response: Response, path: str, version: int) -> None:
    """Set the headers of a created resource: Location and ETag."""
    response.headers["Location"] = path
    etag(response, version)
