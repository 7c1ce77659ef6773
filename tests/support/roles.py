"""A small world in which every role has something of its own, and the requests that the roles send to all routes."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.achievements import achieved
from tests.support.applicants import CRITERIA, FORM, RATIONALE
from tests.support.gatherings import SEMINAR
from tests.support.missions import LINE, Traveller, come_back, travellers
from tests.support.people import MISSION, PASSWORD, PROFILE, Member, Platform, ok
from tests.support.uploads import PDF, sha256, uploads

Json = dict[str, Any]
MARK = "quokka"  # in every private text
OUTSIDERS = ("visitor", "member", "stranger")  # the stranger is a member of another organisation
ROLES = (*OUTSIDERS, "applicant", "assessor", "editor", "operator")
PUBLISHERS = frozenset({"editor", "operator"})
OWNERS = {"posts": frozenset({"editor"})}  # of the groups whose things operators do not change
LATER = {"starts_at": "2016-11-01T09:00", "ends_at": "2016-11-02T09:00"}


@dataclass(frozen=True)
class Thing:
    """An object at `/<group>/<id>`, and the roles that it belongs to."""

    group: str
    id: str
    belongs_to: frozenset[str]
    public: bool = False


@dataclass
class World:
    """The members by role, the objects, and what outsiders must never read."""

    ccp: Platform
    members: dict[str, Member]
    things: list[Thing]
    spare: dict[str, str]  # ids of drafts that tests may change, by group
    values: dict[str, str]  # of path parameters other than `id`
    secrets: list[str]
    bodies: dict[str, Any]  # valid ones, by the name of their schema

    async def send(self, role: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request in a role; If-Match allows every version."""
        member = self.members.get(role)
        headers = {"If-Match": "*", **(member.headers if member else {}), **more.pop("headers", {})}
        return await self.ccp.http.request(method, path, headers=headers, **more)

    def path(self, template: str, id: str) -> str:
        """Return a path with an id and the other parameters filled in."""
        return re.sub(r"{(\w+)}", lambda name: id if name[1] == "id" else self.values[name[1]], template)


async def make_world(ccp: Platform) -> World:
    """Tell a mission from its call to a claim. Every role gets drafts or messages of its own."""
    journey = (await travellers(ccp, 1))[0]
    eve, anna, ada = journey.eve, journey.anna, await ccp.log_in("Ada", "ada@members.example")
    members = {"member": await ccp.member("Mia"), "stranger": await ccp.member("Sven"), "applicant": anna}
    members |= {"assessor": ada, "editor": eve, "operator": ccp.operator}
    await ccp.organisation(members["stranger"], name="Other cluster")
    [publisher] = ok(await eve.get("/me/organisations"))
    private, spare = [await drafts_of(eve, publisher["id"]) for _ in range(2)]
    public, question = await published_by(eve, publisher, anna)
    own, claim = await owned_by(anna, journey)
    own |= private
    related = PUBLISHERS | {"applicant", "assessor"}
    things = [
        *(Thing(group, id, OWNERS.get(group, PUBLISHERS)) for group, id in private.items()),
        *(Thing(group, id, OWNERS.get(group, PUBLISHERS | {"applicant"}), public=True) for group, id in public.items()),
        Thing("calls", journey.call["id"], related, public=True),
        Thing("applications", journey.id, related),
        Thing("claims", claim, PUBLISHERS | {"applicant"}),
        Thing("interests", own["interests"], frozenset({"applicant"})),
        Thing("inbox", own["inbox"], frozenset({"applicant"})),
        Thing("me", own["me"], frozenset({"applicant"})),
    ]
    receipt = ok(await anna.get(f"/applications/{journey.id}"))["receipt"]
    values = {"number": "1", "question_id": question, "sha256": sha256(PDF), "hash": receipt}
    values |= {"kind": "call", "code": "JP", "affiliate_id": "no-affiliate", "import_id": "no-import"}
    ok(await ccp.operator.put("/countries/JP/text", {"policy": "Two meetings a year."}, version=0))
    values |= {
        "member_id": ada.id,
        "invitation_id": "no-invitation",
        "request_id": "no-request",
        "token": "no-token",
        "secret": "no-secret",
    }
    people = [anna, eve, ada]
    secrets = [MARK, RATIONALE, *(one.id for one in people), *(one.email for one in people)]
    spare |= {"applications": journey.id, "claims": claim}
    bodies = valid_bodies(publisher["id"], journey.id, ada.id)
    return World(ccp, members, things, spare, values, secrets, bodies)


async def drafts_of(eve: Member, organisation_id: str) -> dict[str, str]:
    """Return the ids of a call, a gathering and an organisation that no other member may read, by group."""
    draft = {"organisation_id": organisation_id, "title": f"{MARK} draft"}
    made = {
        "calls": await eve.post("/calls", MISSION | draft),
        "gatherings": await eve.post("/gatherings", SEMINAR | LATER | draft | {"draft": True}),
        "organisations": await eve.post("/organisations", PROFILE | {"name": f"{MARK} draft"}),
        "posts": await eve.post("/posts", draft),
        "achievements": await eve.post("/achievements", draft),
    }
    return {group: ok(answer)["id"] for group, answer in made.items()}


async def published_by(eve: Member, publisher: Json, anna: Member) -> tuple[dict[str, str], str]:
    """Return the ids of public objects, by group, and that of a question that was not answered yet."""
    organisation = {"organisation_id": publisher["id"]}
    call = (await eve.publishes(MISSION | {"deadline": "2016-12-01T17:00:00+01:00"}, publisher))["id"]
    question = ok(await anna.post(f"/calls/{call}/questions", {"question": f"May a {MARK} apply?"}))["id"]
    secret_link = {"admission": {}, "join_link": f"https://meet.example/{MARK}"}
    gathering = ok(await eve.post("/gatherings", SEMINAR | LATER | organisation | secret_link))["id"]
    ok(await anna.put(f"/gatherings/{gathering}/registration", None))
    wish = {"side": "offer", "title": "We measure", "ecosystems": ["digital"], "expires_at": "2017-01-01T00:00:00Z"}
    request = ok(await eve.post("/partner-requests", organisation | wish))["id"]
    post = ok(await eve.post("/posts", organisation | {"title": "We met in Osaka"}))
    ok(await eve.post(f"/posts/{post['id']}/publish", {}, version=post["version"]))
    achievement = await achieved(eve, publisher, {"title": "Three agreements in Osaka"})
    renamed = PROFILE | {"name": f"{MARK} limited"}
    ok(await eve.put(f"/organisations/{publisher['id']}", renamed, version=publisher["version"]))
    ids = {"calls": call, "gatherings": gathering, "organisations": publisher["id"], "partner-requests": request}
    ids |= {"posts": post["id"], "achievements": achievement["id"]}
    return ids, question


async def owned_by(anna: Member, journey: Traveller) -> tuple[dict[str, str], str]:
    """Return the ids of an interest, an alert and an API token of the applicant, by group, and that of their claim."""
    await anna.follows(keywords=[MARK])
    [interest] = ok(await anna.get("/interests"))
    ok(await uploads(anna, f"/applications/{journey.id}", "ticket.pdf", PDF))
    await come_back(anna.platform)
    evidence = LINE["evidence"] | {"title": f"{MARK} ticket"}
    claim = (await journey.claims({"lines": [LINE | {"evidence": evidence}]}))["id"]
    await anna.platform.system.settle()
    token = ok(await anna.post("/me/tokens", {"name": f"{MARK} script", "scope": "write"}))["id"]
    return {"interests": interest["id"], "inbox": (await anna.alerts())[0]["id"], "me": token}, claim


REASON = {"reason": "It has to be."}
SCORE = {"criterion": "fit", "points": 3, "rationale": RATIONALE}
NEW = {"email": "new@members.example", "name": "New", "country": "FR"}
# Valid bodies that name no object of the world, by the name of their schema.
BODIES: dict[str, Any] = {
    "Extension": {"deadline": "2016-12-24T17:00:00+01:00"} | REASON,
    "Withdrawal": REASON,
    "QuestionBody": {"question": "May universities apply?"},
    "AnswerBody": {"answer": "Yes."},
    "UpdateBody": {"title": "News", "text": "The form is shorter."},
    "Cancellation": REASON,
    "FormBody": {"fields": FORM},
    "ExcuseBody": REASON,
    "GatheringReport": {"summary": "Forty clusters met."},
    "ConflictBody": REASON,
    "HigherLimits": {"places": 9},
    "ClaimBody": {"lines": [LINE]},
    "ReasonBody": REASON,
    "Payment": {"reference": "2016-1"},
    "ParkedIds": {"ids": ["unknown"]},
    "ReplayRequest": {"to": "calls.events.v1", "since": "2016-05-01T00:00:00Z"},
    "SnapshotRequest": {"to": "calls.events.v1"},
    "InterestBody": {"keywords": ["grids"]},
    "ReadAt": {"at": "2016-05-01T09:00:00Z"},
    "Registration": NEW,
    "Confirmation": {"password": PASSWORD},
    "ApiTokenBody": {"name": "Backup script", "scope": "read"},
    "ResetRequest": {"email": NEW["email"]},
    "Reset": {"password": PASSWORD},
    "ConfirmationRequest": {"email": NEW["email"]},
    "PasswordChange": {"current": "not the password", "new": PASSWORD},
    "PasswordProof": {"current": "not the password"},
    "CodeBody": {"code": "123456"},
    "AddressBody": {"current": "not the password", "email": "other@members.example"},
    "OperatorBody": {"email": NEW["email"]},
    "RefreshBody": {"refresh_token": "no-token"},
    "Consents": {"mail": True, "own_mail": True},
    "ResendBody": {"ids": ["unknown"]},
    "Credentials": {"email": NEW["email"], "password": PASSWORD},
    "OrganisationProfile": PROFILE,
    "Review": {"outcome": "publish"},
    "PostContent": {"title": "We met in Osaka"},
    "AchievementContent": {"title": "Three agreements in Osaka"},
    "CountryText": {"policy": "Two meetings a year."},
    "AchievementReview": {"outcome": "publish"},
    "AchievementChangeReview": {"outcome": "accepted"},
    "Publication": {"publish_at": "2016-12-01T09:00:00Z"},
    "ChangeReview": {"outcome": "accepted"},
    "DecisionBody": {"outcome": "warned", "reason": "It has to be."},
    "ObjectionBody": {"text": "All of it is correct."},
    "AffiliateBody": {"name": "Fjord Sensors", "kind": "sme"},
    "TakeDown": {"reasons": ["It does not exist any more."]},
    "AccountBody": {"name": "Anna Berg", "country": "SE"},
    "InvitationBody": {"email": NEW["email"], "role": "editor"},
    "RoleBody": {"role": "editor"},
    "JoinRequestBody": {"message": "I work for this cluster."},
    "AcceptanceBody": {"role": "editor"},
    "DeclineBody": {"reason": "No one knows you here."},
    "Departure": {},
    "Appointment": {"email": NEW["email"]},
    "ErasureBody": {"password": "not the password"},
    "ErasureForOther": {"email": NEW["email"], "password": "not the password"},
}


def valid_bodies(organisation_id: str, application_id: str, member_id: str) -> dict[str, Any]:
    """Return a valid body for each schema."""
    own = {"organisation_id": organisation_id}
    gathering = SEMINAR | LATER | own
    decision = {"application_id": application_id, "version": 1, "outcome": "select"}
    wish = own | {"side": "offer", "title": "Ours", "ecosystems": ["digital"], "expires_at": "2017-01-01T00:00:00Z"}
    return BODIES | {
        "CallBody": MISSION | own,
        "GatheringBody": gathering,
        "GatheringContent": gathering,
        "ApplicationBody": own | {"answers": {"people": 1}},
        "RoundBody": {"assessors": [member_id, "another"], "criteria": CRITERIA},
        "Decisions": {"decisions": [decision]},
        "AssessmentBody": {"scores": [SCORE]},
        "PartnerRequestBody": wish,
        "PostBody": own | {"title": "We met in Osaka"},
        "AchievementBody": own | {"title": "Three agreements in Osaka"},
        "ReportBody": {"about": f"/organisations/{organisation_id}", "cause": "wrong", "text": "It is closed."},
        "Merger": {"into": organisation_id},
    }
