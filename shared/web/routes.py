"""Routes of pages: they have the same addresses as the API, and answer requests that prefer HTML."""

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from shared.errors import Invalid
from shared.http.negotiation import wants_html
from shared.sentences import _

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class PageRoute(APIRoute):
    """Matches requests of people: those to read that prefer HTML to JSON, and those that send a form."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return how well the route matches a request.

        The API comes first for requests of programs. A page without a twin in the API is read by them, too: by those
        that check links or show a preview, which accept everything.
        """
        match, found = super().matches(scope)
        if match is not Match.FULL or is_for_people(Request(scope)):
            return match, found
        return (Match.PARTIAL, found) if scope["method"] in {"GET", "HEAD"} else (Match.NONE, {})


def is_for_people(request: Request) -> bool:
    """Return whether a page answers the request, and not the API."""
    return wants_html(request) if request.method in {"GET", "HEAD"} else sends_form(request)


def sends_form(request: Request) -> bool:
    """Return whether the body is a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORMS


def require_form(request: Request) -> None:
    """Raise Invalid if the body is not a form: for addresses that take nothing else."""
    if not sends_form(request):
        raise Invalid(_("Send the form of the page. Programs use the operations that /docs describes."))


def page_router() -> APIRouter:
    """Return a router for pages, which are not part of the API's description."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)
