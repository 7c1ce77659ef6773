"""Documents that version 0.1 stored under other names of fields are still read."""

from datetime import UTC, datetime

from services.notifications.alerts.fanout import FanOutData
from services.notifications.alerts.store import OrganisationNews
from services.notifications.mailing.domain import BULK, Mail

MOMENT = datetime(2016, 5, 8, tzinfo=UTC)
MAIL = {
    "_id": "1",
    "member_id": "m",
    "kind": "alerts",
    "occasions": ["x"],
    "created_at": MOMENT,
    "send_after": MOMENT,
}


def test_the_priority_of_an_email_is_stored_as_lane() -> None:
    mail = Mail.model_validate(MAIL | {"lane": BULK})
    assert mail.priority == BULK
    row = mail.to_mongo()
    assert (row["lane"], "priority" in row) == (BULK, False)
    assert Mail.model_validate(row) == mail


def test_the_deduplication_key_was_stored_as_seed() -> None:
    stored = {"type": "calls.call.published.v1", "event": {"call_id": "1"}}
    old, new = (FanOutData.model_validate(stored | {name: "k"}) for name in ("seed", "deduplication_key"))
    assert old == new
    assert FanOutData.model_validate(old.model_dump()) == old
    news = {"seed": "k", "type": "t", "event": {}, "at": MOMENT, "told_at": MOMENT}
    organisation = OrganisationNews.model_validate({"_id": "1", "joins": 1, "news": [news]})
    [read] = organisation.news
    assert (read.deduplication_key, read.occurred_at) == ("k", MOMENT)
    assert OrganisationNews.model_validate(organisation.to_mongo()) == organisation
