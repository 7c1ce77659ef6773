"""Assessors who are excused from an open round, or replaced in it (pure)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from shared.errors import Invalid, NotFound, Refusal
from shared.fields import Paragraphs
from shared.ids import Id
from shared.models import Body, Model, Moment
from shared.sentences import _

FEWEST_ASSESSORS, MOST_EXCUSED = 2, 20


class ExcuseBody(Body):
    """The end of an assessor's task, as the publisher sends it."""

    reason: Annotated[str, Paragraphs(2000, fewest=3)] = Field(description="Kept in the audit log of the round")
    replacement: Id | None = Field(None, description="Id of the member who assesses instead; null: no one does")


class Excused(Model):
    """An assessor whose task ended in an open round. Scores that they gave still count."""

    member_id: str
    reason: str
    replacement: str | None
    at: Moment


class TooFewAssessors(Refusal):
    """Fewer assessors would be left than a round needs."""


class TooManyExcused(Refusal):
    """As many assessors of the round were excused as is allowed."""


class ReplacementUnfit(Invalid):
    """The member assesses in the round already, or was excused from it."""


def assessors_left(assessors: Sequence[str], excused: Sequence[Excused], member_id: str, body: ExcuseBody) -> list[str]:
    """Return the assessors after one was excused or replaced.

    Raises NotFound, ReplacementUnfit, TooFewAssessors, TooManyExcused.
    """
    if member_id not in assessors:
        raise NotFound(_("Assessor not found in this round."), field="member_id")
    if body.replacement in assessors:
        raise ReplacementUnfit(_("This member assesses in the round already. Name another."), field="replacement")
    instead = [body.replacement] if body.replacement else []
    check_not_excused(excused, instead, "replacement")
    place = assessors.index(member_id)
    left = [*assessors[:place], *instead, *assessors[place + 1 :]]
    if len(left) < FEWEST_ASSESSORS:
        raise TooFewAssessors(
            _(
                "A round needs at least {fewest_assessors} assessors. Name a replacement.",
                fewest_assessors=FEWEST_ASSESSORS,
            ),
            field="replacement",
        )
    if len(excused) >= MOST_EXCUSED:
        raise TooManyExcused(
            _("{most_excused} assessors were excused already, the most allowed.", most_excused=MOST_EXCUSED),
            field="member_id",
        )
    return left


def check_not_excused(excused: Sequence[Excused], assessors: Sequence[str], field: str) -> None:
    """Raise ReplacementUnfit if a member was excused: they may have read the others' scores since."""
    if again := {each.member_id for each in excused} & {*assessors}:
        raise ReplacementUnfit(_("Member {id} was excused from this round. Name another.", id=min(again)), field=field)
