"""Who assesses after an assessor was excused or replaced."""

import pytest

from services.calls.selection.assessment.domain import Round, RoundAlreadyOpen, RoundBody, RoundNotOpen
from services.calls.selection.assessment.excuses import (
    MOST_EXCUSED,
    ExcuseBody,
    Excused,
    ReplacementUnfit,
    TooFewAssessors,
    TooManyExcused,
    assessors_left,
)
from shared.errors import NotFound
from tests.support.applicants import CRITERIA, CUT_OFF

ABC = ["ada", "bea", "cleo"]


def excuse(replacement: str | None = None) -> ExcuseBody:
    return ExcuseBody(reason="They are ill.", replacement=replacement)


def excused(member_id: str) -> Excused:
    return Excused(member_id=member_id, reason="They are ill.", replacement=None, at=CUT_OFF)


def a_round(*assessors: str) -> Round:
    body = RoundBody.model_validate({"assessors": assessors, "criteria": CRITERIA})
    return Round.new("call", 1, body)


@pytest.mark.parametrize(("replacement", "left"), [(None, ["ada", "cleo"]), ("dora", ["ada", "dora", "cleo"])])
def test_the_others_stay_and_a_replacement_takes_the_place(replacement: str | None, left: list[str]) -> None:
    assert assessors_left(ABC, [], "bea", excuse(replacement)) == left


@pytest.mark.parametrize(
    ("assessors", "before", "member_id", "replacement", "refusal"),
    [
        (ABC, [], "dora", None, NotFound),
        (ABC, [], "bea", "ada", ReplacementUnfit),
        (ABC, [], "bea", "bea", ReplacementUnfit),
        (ABC, [excused("dora")], "bea", "dora", ReplacementUnfit),
        (ABC[:2], [], "bea", None, TooFewAssessors),
        (ABC, [excused(f"former {n}") for n in range(MOST_EXCUSED)], "bea", None, TooManyExcused),
    ],
)
def test_what_is_refused(
    assessors: list[str], before: list[Excused], member_id: str, replacement: str | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        assessors_left(assessors, before, member_id, excuse(replacement))


def test_a_round_remembers_whom_it_excused_and_their_scores_can_count() -> None:
    with pytest.raises(RoundNotOpen):
        a_round(*ABC).without("bea", excuse(), CUT_OFF)
    after = a_round(*ABC).opened(CUT_OFF).without("bea", excuse("dora"), CUT_OFF)
    assert after.assessors == ["ada", "dora", "cleo"]
    assert after.scorers == ["ada", "dora", "cleo", "bea"]
    assert after.audited_state()["excused"][0]["replacement"] == "dora"


def test_an_excused_member_is_not_named_again_and_an_assessor_is_not_dropped() -> None:
    after = a_round(*ABC).opened(CUT_OFF).without("bea", excuse(), CUT_OFF)
    for assessors, refusal in ((["ada", "cleo", "bea"], ReplacementUnfit), (["ada", "dora"], RoundAlreadyOpen)):
        with pytest.raises(refusal):
            after.changed(RoundBody.model_validate({"assessors": assessors, "criteria": CRITERIA}))
