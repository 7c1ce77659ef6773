"""Write the pages of four countries, as an operator does."""

import tomllib
from pathlib import Path

from ccp.client import Json
from ccp.demo.cast import Cast

TEXTS = Path(__file__).with_suffix(".toml")


async def write(cast: Cast) -> None:
    """Publish a text for each of the countries."""
    texts: dict[str, Json] = tomllib.loads(TEXTS.read_text("utf-8"))

    async def publish(code: str) -> None:
        path = f"/countries/{code}"
        edition = await cast.operator.put(f"{path}/text", texts[code], version=0)
        await cast.operator.post(f"{path}/editions/{edition['number']}/publish", version=1)

    await cast.each("operators write about countries", texts, publish)
