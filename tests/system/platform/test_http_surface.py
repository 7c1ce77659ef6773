"""Schemathesis on all routes: no generated request leads to a server error."""

import asyncio
import threading
from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from services.__main__ import Server, available, load, server_config
from services.profiles.settings import ProfilesSettings
from shared import copies
from shared.bus.memory import MemoryBus
from shared.host import build_app
from shared.ids import new_id
from shared.mongod import free_port
from shared.settings import Settings
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD

# The services run in the same process and use `random` for their pauses while Hypothesis draws its cases.
RANDOM_PAUSES = "ignore:Do not use the .random. module inside strategies:hypothesis.errors.HypothesisDeprecationWarning"
pytestmark = pytest.mark.filterwarnings(RANDOM_PAUSES)
REFUSALS = {"not_a_server_error", "status_code_conformance", "content_type_conformance"}


@pytest.fixture(scope="module")
def served(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Run the four services behind a real server in a thread; yield its URL and the headers of an operator."""
    own = {
        "profiles": ProfilesSettings(
            operator_email=OPERATOR_EMAIL, operator_password=OPERATOR_PASSWORD, operators_need_second_factor=False
        )
    }
    shared = Settings(data_dir=tmp_path_factory.mktemp("served"), port=free_port())
    services = load(available(), shared, own)
    app = build_app(
        services, settings=shared, mongo_url=mongo_url, bus=MemoryBus(), database_prefix=f"served_{new_id()[-12:]}_"
    )
    server = Server(server_config(app, shared))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{shared.port}"
    with httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=20)) as client:
        body = {"email": OPERATOR_EMAIL, "password": OPERATOR_PASSWORD}
        token = client.post("/tokens", json=body, timeout=20).raise_for_status().json()["token"]
    timeout, copies.TIMEOUT = copies.TIMEOUT, 0  # most of the ids that it tries do not exist
    yield url, {"Authorization": f"Bearer {token}"}
    copies.TIMEOUT = timeout
    server.should_exit = True
    thread.join(20)


def described() -> dict:
    """Return the OpenAPI document of the platform, which does not have to run."""
    shared = Settings()
    app = build_app(load(available(), shared, {}), settings=shared, mongo_url="mongodb://nowhere", bus=MemoryBus())
    return app.openapi()


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: object, value: object) -> bytes:
    return str(value).encode(errors="replace")


OPERATIONS = {
    operation.label: operation
    for operation in (result.ok() for result in schemathesis.openapi.from_dict(described()).get_all_operations())
}
MODES = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING]


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_a_route(label: str, served: tuple[str, dict[str, str]]) -> None:
    """Cases are made here and not at collection, which every worker would repeat for all routes."""
    url, headers = served
    checks = [getattr(schemathesis.checks, name) for name in REFUSALS]

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=checks)

    operation = OPERATIONS[label]
    create_test(
        operation=operation,
        test_func=send,
        config=HypothesisTestConfig(project=operation.schema.config, modes=MODES),
    )()
