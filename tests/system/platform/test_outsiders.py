"""Other services: the example in the README consumes events with nothing of ours; outsiders verify our tokens."""

import asyncio
import sys

import jwt

from services.__main__ import available, listeners
from shared.bus import rabbit
from shared.settings import Settings
from tests.support import ROOT
from tests.support.people import MISSION, Platform, ok
from tests.support.platforms import running_platform

EXAMPLE = ROOT / "examples" / "listen.py"


async def test_the_example_prints_a_call_when_it_is_published(
    broker_url: str, mongo_url: str, settings: Settings
) -> None:
    await rabbit.remove(broker_url, available())
    await forget_queue(broker_url, "outside.my-service")
    bus = rabbit.RabbitBus(broker_url, listeners(settings))
    async with running_platform(mongo_url, settings, bus) as platform:
        pipe = asyncio.subprocess.PIPE
        listener = await asyncio.create_subprocess_exec(sys.executable, EXAMPLE, broker_url, stdout=pipe)
        try:
            assert await listener.stdout.readline() == b"listening\n"
            await platform.operator.publishes(MISSION)
            async with asyncio.timeout(20):
                printed = await listener.stdout.readline()
        finally:
            listener.terminate()
            await listener.wait()
    assert printed.decode() == "calls.call.published.v1 Mission to Japan until 2016-06-30T15:00:00Z\n"


def test_the_example_is_short_and_imports_nothing_of_ours() -> None:
    code = EXAMPLE.read_text()
    assert len(code.splitlines()) <= 40
    assert "shared" not in code
    assert "services" not in code.replace("services of your own", "")


async def test_anybody_can_verify_a_token_with_the_published_keys(ccp: Platform) -> None:
    [key] = ok(await ccp.http.get("/.well-known/jwks.json"))["keys"]
    assert (key["kty"], key["alg"]) == ("OKP", "EdDSA")
    assert "d" not in key
    token = ccp.operator.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["EdDSA"], audience="access", issuer="profiles")
    assert claims["sub"] == ccp.operator.id


async def forget_queue(url: str, name: str) -> None:
    import aio_pika

    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).queue_delete(name)
