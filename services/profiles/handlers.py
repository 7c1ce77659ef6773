"""Events that profiles listens to, and their handlers."""

from functools import partial

from services.profiles.achievements import usecases as achievements
from services.profiles.countries.usecases import on_announced
from services.profiles.home.usecases import on_call_changed, on_call_ended, on_gathering
from services.profiles.personal import PERSONAL
from services.profiles.posts import usecases as posts
from services.profiles.privacy.erasures.usecases import ANSWERS, on_answer
from services.profiles.privacy.exports.usecases import PARTS, on_piece
from services.profiles.showcase.usecases import on_expression_decided, on_request_announced, on_request_closed
from shared.auth import on_key_published
from shared.consumer import Handlers, merged
from shared.contracts.announcements import announcing
from shared.contracts.calls import (
    CallChanged,
    CallClosed,
    CallOpened,
    CallPublished,
    CallWithdrawn,
    CutOffPassed,
    ExpressionDecided,
    GatheringCancelled,
    GatheringChanged,
    GatheringPublished,
)
from shared.contracts.matchmaking import PartnerRequestClosed, PartnerRequestPublished, PartnerRequestRenewed
from shared.contracts.notifications import LinkKeyPublished
from shared.contracts.profiles import OrganisationPublished, OrganisationWithdrawn
from shared.portability import export_handlers

COPIES: Handlers = {
    LinkKeyPublished: on_key_published,
    CallPublished: on_call_changed,
    CallOpened: on_call_changed,
    CallChanged: on_call_changed,
    CutOffPassed: on_call_changed,
    CallWithdrawn: on_call_ended,
    CallClosed: on_call_ended,
    ExpressionDecided: on_expression_decided,
    PartnerRequestPublished: on_request_announced,
    PartnerRequestRenewed: on_request_announced,
    PartnerRequestClosed: on_request_closed,
    GatheringPublished: on_gathering,
    GatheringChanged: on_gathering,
    GatheringCancelled: on_gathering,
    **export_handlers(PERSONAL),
    **dict.fromkeys(PARTS, on_piece),
    **dict.fromkeys(ANSWERS, partial(on_answer, PERSONAL)),
}
POSTS: Handlers = dict.fromkeys((OrganisationPublished, OrganisationWithdrawn), posts.on_organisation)
ACHIEVEMENTS: Handlers = dict.fromkeys((OrganisationPublished, OrganisationWithdrawn), achievements.on_organisation)
ANNOUNCEMENTS: Handlers = dict.fromkeys(announcing(), on_announced)
HANDLERS: Handlers = merged(COPIES, POSTS, ACHIEVEMENTS, ANNOUNCEMENTS)
