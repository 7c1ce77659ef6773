"""Requests wait a moment for a copy that an event brings, but not many of them at a time."""

import asyncio

from shared.copies import wait_for_copy


async def test_a_copy_that_arrives_in_time_is_found() -> None:
    answers = iter([None, None, "copy"])

    async def find() -> str | None:
        return next(answers)

    assert await wait_for_copy(find) == "copy"


async def test_a_flood_of_requests_for_what_does_not_exist_reads_little() -> None:
    reads = 0

    async def find() -> None:
        nonlocal reads
        reads += 1

    await asyncio.gather(*[wait_for_copy(find) for _ in range(1000)])
    assert 1000 <= reads <= 1000 + 50 * 21
