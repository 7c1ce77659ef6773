"""The queue of an assessor: what is to do, what is done, and where a conflict of interest bars them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.calls.organisations.store import MEMBERSHIPS
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import of_round
from services.calls.selection.assessment.domain import Assessment, Round
from services.calls.selection.assessment.store import ASSESSMENTS
from shared.mongo import Reader

MOST_QUEUED = 500


class Task(StrEnum):
    """What an assessor has to do with an application."""

    TO_DO = "to_do"
    DONE = "done"
    CONFLICT = "conflict"
    OVER = "over"  # decided without their scores


@dataclass(frozen=True)
class Queued:
    """An application in the queue of an assessor. The name is hidden if there is a conflict of interest."""

    application: Application
    task: Task
    points: int | None = None


@dataclass(frozen=True)
class Queue:
    """The applications of a round for one assessor."""

    round: Round
    items: Sequence[Queued]

    def of(self, task: Task) -> list[Queued]:
        """Return the applications with this task."""
        return [item for item in self.items if item.task == task]


async def queue_of(reader: Reader, round: Round, member_id: str) -> Queue:
    """Return the queue of an assessor in a round, in order of the organisations' names; empty until it is open."""
    if round.opened_at is None:
        return Queue(round, [])
    applications = await of_round(reader, round.call_id, round.cut_off, MOST_QUEUED)
    ids = [f"{application.id}:{member_id}" for application in applications]
    assessments = {
        each.application_id: each for each in await ASSESSMENTS.find(reader, {"_id": {"$in": ids}}, limit=MOST_QUEUED)
    }
    barred = await _own_organisations(reader, applications, member_id)
    items = [_queued(each, assessments.get(each.id), barred) for each in applications]
    return Queue(round, sorted(items, key=lambda item: item.application.organisation_name.casefold()))


async def _own_organisations(reader: Reader, applications: Sequence[Application], member_id: str) -> set[str]:
    """Return the applicants and partners of which an assessor is a member."""
    involved = {id for each in applications for id in (each.organisation_id, *each.partners)}
    ids = [f"{organisation_id}:{member_id}" for organisation_id in sorted(involved)]
    memberships = await MEMBERSHIPS.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))
    return {membership.id.partition(":")[0] for membership in memberships}


def _queued(application: Application, assessment: Assessment | None, barred: set[str]) -> Queued:
    if (assessment and assessment.conflict) or barred & {application.organisation_id, *application.partners}:
        return Queued(application, Task.CONFLICT)
    if assessment and assessment.scores:
        return Queued(application, Task.DONE, sum(score.points for score in assessment.scores))
    return Queued(application, Task.TO_DO if application.state is State.IN_ASSESSMENT else Task.OVER)
