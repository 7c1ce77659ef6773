"""The routes of services, and the forms of their pages, bound to the operations that they send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute

from shared.forms.declaration import BoundForm, Form, bind
from shared.http import problems
from shared.http.openapi import function_name
from shared.operations import operations
from shared.operations.pages import operation_forms
from shared.service import Service
from shared.settings import Settings
from shared.web.posting import form_routes


@dataclass(frozen=True)
class Interface:
    """The routes of services, and the forms of their pages by operation."""

    routes: Sequence[BaseRoute]
    forms: Mapping[str, BoundForm]


def interface_of(services: Sequence[Service], settings: Settings) -> Interface:
    """Return the interface of services and of their operators; to build it takes FastAPI a second."""
    router = APIRouter(generate_unique_id_function=function_name)
    declared: list[Form] = []
    for service in services:
        guard = [Depends(problems.refuse_when_stuck(service.name, settings.outbox_limit_seconds))]
        router.include_router(operations(service), responses=problems.REFUSALS)
        router.include_router(service.router, responses=problems.REFUSALS, dependencies=guard)
        declared += [*service.forms, *operation_forms(service.name)]
    forms = bind(declared, router.routes)
    return Interface([*form_routes(forms).routes, *router.routes], forms)
