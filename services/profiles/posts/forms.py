"""The forms of posts: write, change, publish, withdraw and delete them."""

from collections.abc import Mapping, Sequence

from fastapi import Request

from services.profiles.organisations.review import Status
from services.profiles.organisations.usecases import organisations_edited_by
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.caller import caller_of
from shared.vocabulary import Ecosystem
from shared.web.i18n import _

KINDS: Mapping[str, str] = {"news": _("News"), "announcement": _("Announcement"), "document": _("Document")}
ORGANISATION = Words(_("Organisation"), _("You write in its name, as one of its editors."), Kind.CHOICE)
WORDS: Mapping[str, Words] = {
    "kind": Words(_("Kind"), " ", options=tuple(KINDS.items())),
    "title": Words(_("Title"), _("What happened, in one line.")),
    "text": Words(_("Text"), _("Empty lines make paragraphs. Addresses of web pages become links."), Kind.TEXT),
    "countries": Words(_("Countries"), _("Those that it is about. Leave it empty if there are none.")),
    "ecosystems": Words(
        _("Industrial ecosystems"),
        _("Those that it is about."),
        options=tuple((ecosystem.value, ecosystem.label) for ecosystem in Ecosystem),
    ),
    "link": Words(_("Link"), _("A page with more information, or the document."), Kind.LINK),
}
TOLD = ("kind", "title", "text", "link")
ABOUT = (_("What it is about"), ("countries", "ecosystems"))
TELL = _("What you tell")
SHOW = "/posts/{id}"


async def publishers(request: Request) -> Sequence[tuple[str, str]]:
    """Return the published organisations that the member edits."""
    caller = await caller_of(request, "profiles")
    edited = await organisations_edited_by(request.app.state.runtimes["profiles"].db, caller.id)
    return [(each.id, each.name) for each in edited if each.status is Status.PUBLISHED]


FORMS = [
    Form(
        operation="create_post",
        title=_("Write a post"),
        intro=_("Save it as a draft first: you then see it as others will, and publish it now or at a time."),
        button=_("Save as draft"),
        done=_("The draft is saved. Only the editors of your organisation see it until you publish it."),
        words={**WORDS, "organisation_id": ORGANISATION},
        sections=((TELL, ("organisation_id", *TOLD)), ABOUT),
        choices={"organisation_id": publishers},
    ),
    Form(
        operation="change_post",
        title=_("Change the post"),
        button=_("Save the changes"),
        done=_("The changes are saved."),
        next=SHOW,
        words=WORDS,
        sections=((TELL, TOLD), ABOUT),
    ),
    Form(
        operation="publish_post",
        button=_("Publish"),
        done=_("Done. This page shows whether the post is public now, or when it will be."),
        next=SHOW,
        words={
            "publish_at": Words(
                _("Publish at"), _("Local time of Brussels. Leave it empty to publish at once."), Kind.MOMENT
            )
        },
    ),
    Form(
        operation="withdraw_post",
        button=_("Withdraw the post"),
        done=_("The post is withdrawn. Others do not see it."),
        next=SHOW,
        is_final=True,
    ),
    Form(
        operation="delete_post",
        button=_("Delete the draft"),
        done=_("The draft is deleted."),
        next="/posts/own",
        is_final=True,
    ),
]
