"""Sessions of members, and the browsers that they are in (pure)."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, Field

from shared.models import Document

# Words in the header User-Agent, in order: most browsers name others, too.
FAMILIES = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


GRACE = timedelta(seconds=10)  # in which the refresh token before the last one gets the same answer, if it was lost


class Session(Document):
    """A log-in of a member; its id is `jti` in the token."""

    member_id: str
    browser: str
    made_at: datetime
    used_at: datetime  # to the hour
    ends_at: datetime
    strong: bool = False  # begun with a second factor
    refreshes: bool = False  # a program's, which gets its next access token with a refresh token
    number: int = 0  # of the refresh token that is valid
    refreshed_at: datetime | None = None

    @classmethod
    def made(
        cls,
        id: str,
        member_id: str,
        browser: str,
        now: datetime,
        lifetime: timedelta,
        *,
        strong: bool = False,
        refreshes: bool = False,
    ) -> Self:
        """Return a new session; its times are whole seconds, as in a JWT."""
        start = now.replace(microsecond=0)
        return cls(
            id=id,
            member_id=member_id,
            browser=browser,
            made_at=start,
            used_at=hour_of(now),
            ends_at=start + lifetime,
            strong=strong,
            refreshes=refreshes,
        )

    def refreshed(self, number: int, now: datetime) -> Self | None:
        """Return the session after the refresh token with a number was used; None if that was used before.

        The token before the valid one is good for a few seconds, and changes nothing: its answer was lost, or two
        requests of one program sent it at the same moment. Every other one may be stolen.
        """
        if number == self.number:
            return self.replace(number=number + 1, refreshed_at=now.replace(microsecond=0))
        lost = self.refreshed_at is not None and number == self.number - 1 and now - self.refreshed_at <= GRACE
        return self if lost else None


class SessionView(BaseModel):
    """A session as shown to its member."""

    id: str
    browser: str = Field(description="Family of the browser and its system; empty for another program")
    made_at: datetime = Field(description="Time of the log-in")
    used_at: datetime = Field(description="Hour in which it was last used for accounts, organisations or the map")
    ends_at: datetime = Field(description="Time at which it ends by itself")
    current: bool = Field(description="Whether it is the session of this request")

    @classmethod
    def of(cls, session: Session, current: str) -> Self:
        """Return the view of a session; `current` is the id of the session of the request."""
        return cls(
            **session.model_dump(exclude={"member_id", "strong", "refreshes", "number", "refreshed_at"}),
            current=session.id == current,
        )


def hour_of(moment: datetime) -> datetime:
    """Return the beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def browser_in(user_agent: str) -> str:
    """Return the family and the system of a browser, without versions; empty if they are not known."""
    named = [next((word for mark, word in words.items() if mark in user_agent), "") for words in (FAMILIES, SYSTEMS)]
    return ", ".join(word for word in named if word) if named[0] else ""
