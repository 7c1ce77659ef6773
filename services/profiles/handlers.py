"""What profiles does when others announce something."""

from services.profiles.home.usecases import on_call_announced, on_call_over
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.calls import CallChanged, CallClosed, CallPublished, CallWithdrawn, CutOffPassed
from shared.contracts.notifications import LinkKeyPublished

HANDLERS: Handlers = {
    LinkKeyPublished: on_key_published,
    CallPublished: on_call_announced,
    CallChanged: on_call_announced,
    CutOffPassed: on_call_announced,
    CallWithdrawn: on_call_over,
    CallClosed: on_call_over,
}
