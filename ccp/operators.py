"""`ccp operator create`: create an operator directly in the profiles database."""

from pydantic import SecretStr

from services.__main__ import choose_mongo
from services.profiles.service import build, ensure_operator
from services.profiles.settings import ProfilesSettings
from shared.clock import Clock
from shared.mongo import Database, connect
from shared.service import KERNEL
from shared.settings import Settings


async def create(settings: Settings, email: str, password: str) -> bool:
    """Return whether the operator is new."""
    async with choose_mongo(settings) as url:
        client = connect(url)
        try:
            database = Database(client, "ccp_profiles", "profiles", Clock(settings.clock))
            await database.prepare([*KERNEL, *build(settings, ProfilesSettings()).collections])
            return await ensure_operator(database, email, SecretStr(password))
        finally:
            client.close()
