"""HTTP for calendars, feeds and exports."""

from fastapi import APIRouter

from services.calls.feeds.calendars import api as calendars
from services.calls.feeds.exports import api as exports
from services.calls.feeds.syndication import api as syndication

router = APIRouter(tags=["Feeds"])
for topic in (calendars, syndication, exports):
    router.include_router(topic.router)
