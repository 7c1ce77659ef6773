"""Versions and repetitions: If-Match, ETag, Idempotency-Key."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import Invalid, VersionMissing
from shared.models import ExpectedVersion

ETAG = re.compile(r'(W/)?"(\d{1,18})"')


def expected_version(
    if_match: Annotated[str | None, Header(description='The ETag you read, as "3"')] = None,
) -> ExpectedVersion:
    """The versions that a change may be based on. A weak tag matches none. Raises VersionMissing, Invalid."""
    if if_match is None:
        raise VersionMissing("send If-Match with the ETag that you read", field="If-Match")
    if if_match.strip() == "*":
        return ExpectedVersion(None)
    tags = [ETAG.fullmatch(tag.strip()) for tag in if_match.split(",")]
    if not all(tags):
        raise Invalid('If-Match must be an ETag of ours, like "3"', field="If-Match")
    return ExpectedVersion(frozenset(int(tag[2]) for tag in tags if tag and not tag[1]))


IfMatch = Annotated[ExpectedVersion, Depends(expected_version)]


IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=100, description="Repeats get the first answer"),
]


def etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def created(response: Response, path: str, version: int) -> None:
    response.headers["Location"] = path
    etag(response, version)
