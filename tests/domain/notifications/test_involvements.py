"""The part that members have in a call, and the order in which a fan-out serves its audiences."""

from services.notifications.alerts.audiences import Audience
from services.notifications.alerts.fanout import Position
from services.notifications.alerts.rules import RULES
from services.notifications.involvements.domain import Involved, involved_by
from services.notifications.preferences.domain import Member, Recipient, Scope
from shared.contracts import calls


def recipient(id: str, *organisations: str) -> Recipient:
    return Recipient(id, frozenset(Scope), [], [*organisations])


def test_the_reason_names_the_part_of_the_organisation_or_of_the_member() -> None:
    rows = [
        {"part": "applied", "organisation_id": "o1", "member_id": ""},
        {"part": "draft", "organisation_id": "o2", "member_id": ""},
        {"part": "asked", "organisation_id": "", "member_id": "m3"},
    ]
    involved = involved_by(rows)
    assert involved.reason(recipient("m1", "o0", "o1")) == "Your organisation applied to this call"
    assert involved.reason(recipient("m2", "o2")) == "Your organisation has a draft of an application to this call"
    assert involved.reason(recipient("m3", "o3")) == "You asked a question about this call"
    assert involved.reason(recipient("m4", "o3")) is None
    assert Involved().reason(recipient("m1", "o1")) is None


def test_a_fan_out_goes_on_where_it_was_also_if_an_earlier_version_began_it() -> None:
    position = Position(1, "member")
    assert Position.read(str(position), 2) == position
    assert Position.read("", 2) == Position(0)
    assert Position.read("member", 2) == Position(1, "member")


def test_the_own_business_of_members_comes_before_those_who_follow() -> None:
    first, second = RULES[calls.CallChanged]
    event = calls.CallChanged.model_construct(call_id="c", call=None)
    assert not isinstance(first.audience(event), Audience)  # looked up by the call, whatever a member follows
    assert second.audience.__name__ == "followers_of_call"


def test_each_scope_of_email_is_stopped_by_itself_and_a_dead_address_stops_all() -> None:
    member = Member(id="m", email="m@members.example", confirmed=True)
    assert [member.takes(scope) for scope in Scope] == [True, True]
    assert [member.replace(mail=False).takes(scope) for scope in Scope] == [False, True]
    assert [member.replace(own_mail=False).takes(scope) for scope in Scope] == [True, False]
    assert [member.replace(undeliverable="550 5.1.1").takes(scope) for scope in Scope] == [False, False]
    assert [member.replace(confirmed=False).takes(scope) for scope in Scope] == [False, False]
