"""Events that profiles listens to, and their handlers."""

from services.profiles.home.usecases import on_call_changed, on_call_ended
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.calls import CallChanged, CallClosed, CallOpened, CallPublished, CallWithdrawn, CutOffPassed
from shared.contracts.notifications import LinkKeyPublished

HANDLERS: Handlers = {
    LinkKeyPublished: on_key_published,
    CallPublished: on_call_changed,
    CallOpened: on_call_changed,
    CallChanged: on_call_changed,
    CutOffPassed: on_call_changed,
    CallWithdrawn: on_call_ended,
    CallClosed: on_call_ended,
}
