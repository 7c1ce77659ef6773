"""Events about applications, and what each of them carries."""

from collections.abc import Collection
from typing import Literal

from services.calls.catalogue.domain import Call
from services.calls.selection.applications.domain import Application, Submission
from shared.contracts import calls as contract
from shared.vocabulary import CallKind

Outcome = Literal["selected", "reserve", "rejected"]


def application_path(id: str) -> str:
    """Return the path of an application."""
    return f"/applications/{id}"


def application_facts(application: Application) -> contract.ApplicationFacts:
    """Return what each event about an application carries."""
    return contract.ApplicationFacts(
        version=application.version,
        call_id=application.call_id,
        call_title=application.call_title,
        call_kind=application.call_kind,
        cut_off=application.cut_off,
        organisation_id=application.organisation_id,
        organisation_name=application.organisation_name,
        url=application_path(application.id),
        trail=application.head,
    )


def application_started(application: Application) -> contract.ApplicationStarted:
    """Return the event that an application was begun, and whether it was submitted since."""
    return contract.ApplicationStarted(
        application_id=application.id,
        application=application_facts(application),
        submitted=application.submitted_at is not None,
    )


def application_submitted(
    application: Application, submission: Submission, call: Call
) -> contract.ApplicationSubmitted:
    """Return the event that an application was submitted, with the receipt."""
    return contract.ApplicationSubmitted(
        application_id=application.id,
        application=application_facts(application),
        publisher_id=call.organisation_id,
        number=submission.number,
        at=submission.at,
        timezone=call.timezone,
        receipt=submission.hash,
    )


def application_withdrawn(application: Application) -> contract.ApplicationWithdrawn:
    """Return the event that an applicant withdrew."""
    return contract.ApplicationWithdrawn(application_id=application.id, application=application_facts(application))


def application_deleted(application: Application) -> contract.ApplicationDeleted:
    """Return the event that an applicant deleted a draft."""
    after = application.replace(version=application.version + 1)
    return contract.ApplicationDeleted(application_id=after.id, application=application_facts(after))


def partners_named(application: Application, known: Collection[str]) -> list[contract.PartnerNamed]:
    """Return an event for each partner of an application that it did not name before."""
    facts = application_facts(application)
    return [
        contract.PartnerNamed(application_id=application.id, application=facts, partner_id=partner)
        for partner in application.partners
        if partner not in known
    ]


def application_decided(application: Application, outcome: Outcome) -> contract.ApplicationDecided:
    """Return the event that the publisher decided on an application."""
    return contract.ApplicationDecided(
        application_id=application.id,
        application=application_facts(application),
        outcome=outcome,
        rank=application.rank,
    )


def expression_decided(application: Application, outcome: Literal[Outcome, "withdrawn"]) -> contract.ExpressionDecided:
    """Return the event that the publisher decided on an expression of interest, or that it was withdrawn."""
    return contract.ExpressionDecided(
        application_id=application.id,
        application=application_facts(application),
        outcome=outcome,
        partner_ids=application.partners,
    )


def is_expression(application: Application) -> bool:
    """Return whether an application is an expression of interest."""
    return application.call_kind is CallKind.EXPRESSION_OF_INTEREST
