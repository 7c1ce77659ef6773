"""The security event log of an application: a log line and a metric for each event of a request."""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter

from shared.pseudonyms import Pseudonyms
from shared.security import SecurityEvent, note

ID_NAME, ID = re.compile(r"id|\w+_id|number"), re.compile(r"[0-9a-zA-Z_.:-]{1,80}")


def means(event: SecurityEvent) -> Callable[[Request], None]:
    """Return a dependency: if the request succeeds, it is this security event."""

    def mark(request: Request) -> None:
        request.state.means = event

    return mark


class SecurityLog:
    """Security events of one application, with their metric."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter("ccp_security_events", "Security events", ["event"], registry=registry)
        for event in SecurityEvent:  # so that an alarm can compare with 0
            self._counter.labels(event.value)

    def record(self, event: SecurityEvent, **ids: str | int) -> None:
        """Log and count an event."""
        self._counter.labels(event.value).inc()
        note(event, **ids)

    def record_request(self, request: Request, status: int) -> None:
        """Record the events of an answered request."""
        state: Mapping[str, Any] = request.scope.get("state", {})
        for event in _events(state, request.method, status):
            self.record(event, method=request.method, status=status, **_ids(request, state))


def _events(state: Mapping[str, Any], method: str, status: int) -> Iterator[SecurityEvent]:
    if refused := state.get("refused"):
        yield refused
    elif 0 < status < 400:
        if means := state.get("means"):
            yield means
        if "caller" in state and state["caller"].operator and method not in {"GET", "HEAD", "OPTIONS"}:
            yield SecurityEvent.OPERATOR_ACTED


def _ids(request: Request, state: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of a request: its route, its client, member and token, and the ids in its path."""
    route = getattr(request.scope.get("route"), "path", "unknown")
    path = {name: str(value) for name, value in request.path_params.items() if ID_NAME.fullmatch(name)}
    named = {name: state[name] for name in ("account", "limit") if name in state}
    member = {"member": state["caller"].id} if "caller" in state else {}
    if member and state["caller"].token_id:
        member["token"] = state["caller"].token_id
    ids = {name: value for name, value in path.items() if ID.fullmatch(value)}  # it may not have been validated yet
    return {"route": route, "client": pseudonym(request, client_of(request)), **ids, **named, **member}


def pseudonym(request: Request, text: str) -> str:
    """Return a short name that is the same for the same address, so that lines can be compared without showing it."""
    pseudonyms: Pseudonyms = request.app.state.pseudonyms
    return pseudonyms(text)


def client_of(request: Request) -> str:
    """Return the network address of a client: an IPv4 address, or the first 64 bits of an IPv6 address.

    Behind a trusted proxy, the server has replaced the proxy's address by the one that the proxy states.
    """
    return network_of(request.client.host) if request.client else "unknown"


def network_of(host: str) -> str:
    """Return an IPv4 address, the network of an IPv6 address (its first 64 bits), or another name as it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
