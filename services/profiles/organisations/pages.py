"""Pages of editors and operators: write a profile, and review it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OrganisationId
from services.profiles.geography.regions import regions_of
from services.profiles.organisations import reviewing, usecases, words
from services.profiles.organisations.domain import ChangeStatus, Organisation, allows
from services.profiles.organisations.profile import checklist, completeness, missing_parts
from services.profiles.organisations.review import EDITABLE, Status
from services.profiles.organisations.sectors import SECTORS
from shared.http.paging import Paging
from shared.vocabulary import OrganisationKind
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _, country_name, language, translated
from shared.web.queries import page_at, read_query
from shared.web.routes import page_router
from shared.web.visits import session_of

router = page_router()


@router.get("/organisations/new")
async def show_new(request: Request) -> Response:
    """Show the form of a new profile, after the country was chosen on which its fields depend."""
    if session_of(request) is None:
        return pages.login_page(request)
    country = request.query_params.get("country", "")
    is_known = country in dict(pages.countries(language.get()))
    view = None
    if is_known:
        view = await form_view(request, "create_organisation", values={"country": country}, hide=hidden_in(country))
    return pages.page(request, "organisation_new.html", view=view, country=country if is_known else "")


@router.get("/organisations/review")
async def show_reviews(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators what awaits a review."""
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(reviewing.reviews, runtime.db, caller), q)
    return pages.page(request, "reviews.html", resource=found)


@router.get("/organisations/{id}/edit")
async def show_editor(id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form of a profile, with what a reviewer said and what is missing beside it."""
    organisation = await usecases.own_profile(runtime.db, id, caller)
    values = organisation.model_dump(mode="json")
    change = organisation.change
    if change and change.status is ChangeStatus.NEEDS_REVIEW:  # to save the public values would withdraw the change
        values |= change.model_dump(mode="json", include={*words.IDENTITY})
    if (country := request.query_params.get("country", "")) in dict(pages.countries(language.get())):
        values["country"] = country
    hidden = hidden_in(values["country"])
    view = await form_view(request, "change_organisation", values=values, version=organisation.version, hide=hidden)
    return pages.page(
        request,
        "organisation_edit.html",
        view=view,
        country=values["country"],
        chooses_country="country" in request.query_params and not country,
        resource=organisation,
        state=state_of(organisation),
        changed=changed_parts(organisation),
    )


@router.get("/organisations/{id}/review")
async def show_review(id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators a profile or its change, with the checklist, its duplicates, earlier decisions, and what to do."""
    alike = await reviewing.duplicates(runtime.db, id, caller)
    organisation = await usecases.visible_organisation(runtime.db, id, caller)
    change = organisation.change
    awaits_change = change is not None and change.status is ChangeStatus.NEEDS_REVIEW
    operation = "review_organisation_change" if awaits_change else ""
    if organisation.status is Status.NEEDS_REVIEW:
        operation = "review_organisation"
    can_merge = allows(organisation, "merge") and any(each.status is Status.PUBLISHED for each in alike)
    possible = {
        "view": operation,
        "take_down": "take_down_organisation" if allows(organisation, "take_down") else "",
        "merge": "merge_organisation" if can_merge else "",
    }
    views = {
        name: await form_view(request, form, version=organisation.version, prefix="" if name == "view" else f"{name}-")
        if form
        else None
        for name, form in possible.items()
    }
    after = organisation.with_change() if awaits_change else organisation
    return pages.page(
        request,
        "organisation_review.html",
        resource=organisation,
        duplicates=duplicates_of(organisation, alike),
        points=[(translated(words.CHECKLIST[point.name]), point) for point in checklist(after)],
        members=members_of(organisation),
        details=details_of(organisation),
        changed=changed_parts(organisation) if awaits_change else [],
        decisions=[
            (translated(words.OUTCOMES[each.outcome]), each)
            for each in await reviewing.decisions(runtime.db, id, caller)
        ],
        checklist_words=words.CHECKLIST,
        view=views["view"],
        take_down=views["take_down"],
        merge=views["merge"],
    )


def hidden_in(country: str) -> list[str]:
    """Return the fields that a form does not show in a country: the country was chosen before, some have no regions."""
    return ["country"] if regions_of(country) else ["country", "region"]


def details_of(organisation: Organisation) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the lists of a profile, each with its title: items in words, and the address of the others with them."""
    lists: list[tuple[str, str, Sequence[str], Callable[[str], str]]] = [
        (words.MISSING["services"], "service", organisation.services, words.said),
        (words.MISSING["countries_of_interest"], "interest", organisation.countries_of_interest, country_name),
        (words.MISSING["technologies"], "technology", organisation.technologies, words.said),
        (words.MISSING["sectors"], "sector", organisation.sectors, lambda code: translated(SECTORS[code])),
        (_("Smart-specialisation priorities"), "", organisation.priorities, str),
        (_("Labels"), "label", organisation.labels, words.said),
    ]
    return [
        (translated(title), [(say(item), f"/organisations?{name}={item}" if name else "") for item in items])
        for title, name, items, say in lists
        if items
    ]


def duplicates_of(organisation: Organisation, alike: Sequence[Organisation]) -> list[dict[str, Any]]:
    """Return organisations that may be the same, each with what it has in common with this one, in words."""
    keys = {*organisation.to_mongo()["alike"]}
    return [
        {
            "organisation": each,
            "status": translated(words.STATUSES[each.status]),
            "alike": [
                translated(said)
                for kind, said in words.ALIKE.items()
                if any(key.startswith(f"{kind}:") for key in keys & {*each.to_mongo()["alike"]})
            ],
        }
        for each in alike
    ]


def state_of(organisation: Organisation) -> dict[str, Any]:
    """Return where a profile stands, in words for its editors."""
    return {
        "label": words.STATUSES[organisation.status],
        "tone": words.TONES[organisation.status],
        "next": words.NEXT_STEPS[organisation.status],
        "can_edit": organisation.status in EDITABLE,
        "can_submit": allows(organisation, "submit"),
        "can_delete": organisation.is_deletable,
        "percent": completeness(organisation),
        "missing": [translated(words.MISSING[name]) for name in missing_parts(organisation)],
        "points": [(translated(words.CHECKLIST[point.name]), point) for point in checklist(organisation)],
    }


def members_of(organisation: Organisation) -> list[tuple[str, int]]:
    """Return the numbers of members by kind, in words; none if there are no members."""
    numbers = organisation.members.model_dump()
    return (
        [(translated(words.MEMBERS[name]), number) for name, number in numbers.items()] if any(numbers.values()) else []
    )


def changed_parts(organisation: Organisation) -> list[tuple[str, str, str]]:
    """Return what a change would replace: the part, its public value and the new one, in words."""
    change = organisation.change
    if change is None:
        return []
    said: Mapping[str, Callable[[Any], str]] = {"kind": kind_in_words, "country": country_name}
    parts = []
    for name, label in words.IDENTITY.items():
        old, new = getattr(organisation, name), getattr(change, name)
        if old != new:
            say = said.get(name, str)
            parts.append((translated(label), say(old), say(new)))
    return parts


def kind_in_words(kind: str) -> str:
    """Return a kind of organisation in the language of this request."""
    return translated(OrganisationKind(kind).label)
