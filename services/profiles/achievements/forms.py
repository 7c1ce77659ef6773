"""The forms of achievements: write, change, submit, withdraw and delete them; review them and take them down."""

from collections.abc import Mapping

from services.profiles.organisations.forms import REASONS
from services.profiles.organisations.review import Status
from services.profiles.posts.forms import publishers
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.vocabulary import Ecosystem
from shared.web.i18n import _

CAUSES: Mapping[str, str] = {"meeting": _("Meeting"), "agreement": _("Agreement"), "partnership": _("Partnership")}
NEXT_STEPS: Mapping[Status, str] = {
    Status.DRAFT: _("It is a draft. Only the editors of your organisation see it: this page shows it as others will."),
    Status.NEEDS_REVIEW: _("An operator of the platform reads it and decides. You are told by e-mail."),
    Status.CHANGES_REQUESTED: _("Change what the reviewer names, then submit it again."),
    Status.PUBLISHED: _("Everyone can read it. A change is public once an operator accepts it."),
    Status.REJECTED: _("It is not published, and cannot be changed."),
    Status.WITHDRAWN: _("Others do not see it. Submit it to make it public again."),
    Status.TAKEN_DOWN: _("It is no longer public. Change what the operator names, then submit it again."),
}
WORDS: Mapping[str, Words] = {
    "title": Words(_("Title"), _("What you achieved, in one line.")),
    "story": Words(
        _("Story"), _("How it began, what you did, what came of it. Empty lines make paragraphs."), Kind.TEXT
    ),
    "year": Words(_("Year"), _("In which you achieved it.")),
    "impact": Words(_("Measured impact"), _("Figures tell more than words. Leave it empty if you have none yet.")),
    "impact.figure": Words(_("Figure"), " "),
    "impact.unit": Words(_("Unit"), _("For instance EUR, % or jobs.")),
    "impact.measures": Words(_("What it measures"), _("For instance: turnover of the members, within two years.")),
    "people": Words(_("People"), _("Those who made it possible. Ask them before you name them here.")),
    "people.name": Words(_("Name"), " "),
    "people.role": Words(_("Role"), _("For instance: project manager, Nordic ICT Cluster.")),
    "behind": Words(_("What is behind it"), _("Where it began. Leave it empty if it was something else.")),
    "behind.kind": Words(_("Kind"), " ", options=tuple(CAUSES.items())),
    "behind.text": Words(_("In one line"), _("For instance: matchmaking event in Osaka, May 2016.")),
    "behind.page": Words(
        _("Its page on this platform"), _("Copy its address, for instance that of a partnership or a gathering.")
    ),
    "countries": Words(_("Countries"), _("Those that it is about. It is shown on their pages.")),
    "ecosystems": Words(
        _("Industrial ecosystems"),
        _("Those that it is about."),
        options=tuple((ecosystem.value, ecosystem.label) for ecosystem in Ecosystem),
    ),
}
ORGANISATION = Words(_("Organisation"), _("You write in its name, as one of its editors."), Kind.CHOICE)
TOLD = ("title", "story", "year")
SECTIONS = (
    (_("What came of it"), ("impact", "people")),
    (_("Where it began"), ("behind",)),
    (_("What it is about"), ("countries", "ecosystems")),
)
TELL = _("What you tell")
SHOW = "/achievements/{id}"
QUEUE = "/achievements/review"
DECIDED = _("Your decision is stored, and the editors are told.")
FORMS = [
    Form(
        operation="create_achievement",
        title=_("Tell what you achieved"),
        intro=_("Save it as a draft first: you then see it as others will, and submit it for review."),
        button=_("Save as draft"),
        done=_("The draft is saved. Only the editors of your organisation see it until you submit it."),
        words={**WORDS, "organisation_id": ORGANISATION},
        sections=((TELL, ("organisation_id", *TOLD)), *SECTIONS),
        choices={"organisation_id": publishers},
    ),
    Form(
        operation="change_achievement",
        title=_("Change the achievement"),
        button=_("Save the changes"),
        done=_("The changes are saved. If it is public, an operator reads them first."),
        next=SHOW,
        words=WORDS,
        sections=((TELL, TOLD), *SECTIONS),
    ),
    Form(
        operation="submit_achievement",
        button=_("Submit for review"),
        done=_("It is submitted. An operator of the platform reads it; you are told by e-mail."),
        next=SHOW,
    ),
    Form(
        operation="withdraw_achievement",
        button=_("Withdraw"),
        done=_("It is withdrawn. Others do not see it."),
        next=SHOW,
        is_final=True,
    ),
    Form(
        operation="delete_achievement",
        button=_("Delete"),
        done=_("It is deleted."),
        next="/achievements/own",
        is_final=True,
    ),
    Form(
        operation="review_achievement",
        button=_("Decide"),
        next=QUEUE,
        done=DECIDED,
        words={
            "outcome": Words(
                _("Your decision"),
                " ",
                options=(
                    ("publish", _("Publish the achievement")),
                    ("changes_requested", _("Request changes")),
                    ("rejected", _("Reject the achievement")),
                ),
            ),
            "reasons": REASONS,
        },
    ),
    Form(
        operation="review_achievement_change",
        button=_("Decide"),
        next=QUEUE,
        done=DECIDED,
        words={
            "outcome": Words(
                _("Your decision"),
                " ",
                options=(("accepted", _("Accept the change")), ("refused", _("Refuse the change"))),
            ),
            "reasons": REASONS,
        },
    ),
    Form(
        operation="take_down_achievement",
        button=_("Take it down"),
        next=SHOW,
        done=_("It is no longer public, and its editors are told."),
        words={"reasons": Words(_("Reasons"), _("For its editors, one on each line."), Kind.LINES)},
        is_final=True,
    ),
]
