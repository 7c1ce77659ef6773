"""The text that explains an archive, in the language of the request."""

from collections.abc import Mapping
from datetime import datetime

from shared.portability import MOST_OF_A_KIND, Content
from shared.sentences import _
from shared.web.i18n import number, time_in_words, translated

NOTHING = _("nothing")
PARTS = {  # in words
    "profiles": _("account, sessions, organisations"),
    "calls": _("applications, claims, questions, registrations for gatherings"),
    "matchmaking": _("partner requests and proposed partners"),
    "notifications": _("interests, what you follow, alerts and e-mails"),
}


def readme(contents: Mapping[str, Content], made_at: datetime) -> str:
    """Return the text: what the archive is, a section for each file, and what is not in it."""
    lines = [
        translated(_("A copy of your data")),
        "",
        translated(
            _("This is what the Cluster Collaboration Platform has of you. It was collected on {moment}.")
        ).format(moment=time_in_words(made_at, "UTC")),
        translated(_("Each file has lists by kind. They are in JSON, which programs can read. Times are in UTC.")),
    ]
    for service, content in contents.items():
        lines += ["", f"{service}.json – {translated(PARTS.get(service, service))}"]
        lines += [f"  {translated(what)}: {number(len(rows))}" for what, rows in content.items()]
        lines += [] if content else [f"  {translated(NOTHING)}"]
    lines += [
        "",
        translated(
            _(
                "Passwords and other secrets are left out, and what belongs to others. "
                "Of each kind, the newest {most} are here."
            )
        ).format(most=number(MOST_OF_A_KIND)),
        translated(
            _("Applications and claims belong to your organisation. Their pages show them whole, with their files.")
        ),
    ]
    return "\r\n".join(lines) + "\r\n"
