"""The columns of exports as CSV (pure)."""

from services.calls.catalogue.views import CallView
from services.calls.gatherings.registrations.views import Participant
from services.calls.gatherings.views import GatheringView
from shared.exports import Columns

CALL_COLUMNS: Columns[CallView] = {
    "id": lambda call: call.id,
    "title": lambda call: call.title,
    "kind": lambda call: call.kind,
    "status": lambda call: call.status,
    "opens_at": lambda call: call.opens_at,
    "deadline": lambda call: call.deadline,
    "timezone": lambda call: call.timezone,
    "cut_offs": lambda call: [cut_off.deadline for cut_off in call.cut_offs],
    "organisation": lambda call: call.organisation_name,
    "programme": lambda call: call.programme,
    "countries": lambda call: call.countries,
    "about": lambda call: call.about,
    "ecosystems": lambda call: call.ecosystems,
    "keywords": lambda call: call.keywords,
    "budget_total_euros": lambda call: call.budget and call.budget.total,
    "link": lambda call: call.link,
    "summary": lambda call: call.summary,
}
GATHERING_COLUMNS: Columns[GatheringView] = {
    "id": lambda gathering: gathering.id,
    "title": lambda gathering: gathering.title,
    "stage": lambda gathering: gathering.stage,
    "mode": lambda gathering: gathering.mode,
    "where": lambda gathering: gathering.where,
    "starts_at": lambda gathering: gathering.starts_at,
    "ends_at": lambda gathering: gathering.ends_at,
    "timezone": lambda gathering: gathering.timezone,
    "organisation": lambda gathering: gathering.organisation_name,
    "countries": lambda gathering: gathering.countries,
    "ecosystems": lambda gathering: gathering.ecosystems,
    "keywords": lambda gathering: gathering.keywords,
    "capacity": lambda gathering: gathering.admission and gathering.admission.capacity,
    "link": lambda gathering: gathering.link,
    "summary": lambda gathering: gathering.summary,
}


PARTICIPANT_COLUMNS: Columns[Participant] = {
    "name": lambda participant: participant.name,
    "organisation": lambda participant: participant.organisation_name,
    "state": lambda participant: participant.state,
    "since": lambda participant: participant.at,
    "promoted_at": lambda participant: participant.promoted_at,
    "member_id": lambda participant: participant.member_id,
}
