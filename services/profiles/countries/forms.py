"""The forms of country pages: write a text, and publish an edition of it."""

from collections.abc import Mapping

from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web.i18n import _

MARKED = _("Mark headings with ##, lists with -, links like [words](https://...). HTML is shown as you type it.")
WORDS: Mapping[str, Words] = {
    "policy": Words(_("Policy dialogue, in English"), MARKED, Kind.TEXT),
    "policy_fr": Words(
        _("Policy dialogue, in French"), _("Readers of French get the English text without it."), Kind.TEXT
    ),
    "policy_de": Words(
        _("Policy dialogue, in German"), _("Readers of German get the English text without it."), Kind.TEXT
    ),
    "gateways": Words(_("Gateways"), _("Offices and programmes that help organisations into the country.")),
    "gateways.name": Words(_("Name"), " "),
    "gateways.text": Words(_("What it does"), _("In one line.")),
    "gateways.link": Words(_("Link"), " "),
    "sources": Words(_("Sources"), _("Of what the page says.")),
    "sources.name": Words(_("Title"), " "),
    "sources.link": Words(_("Link"), " "),
}
FORMS = [
    Form(
        operation="write_country",
        title=_("Write about the country"),
        button=_("Save and look at it"),
        done=_("The edition is saved. Only operators see it until you publish it."),
        words=WORDS,
    ),
    Form(
        operation="publish_country_edition",
        button=_("Publish this edition"),
        done=_("Everyone reads this edition now."),
        next="/countries/{code}",
    ),
]
KINDS: Mapping[str, str] = {
    "call": _("Open calls for or about the country"),
    "gathering": _("Next gatherings"),
    "request": _("Partner requests"),
    "partnership": _("Partnerships that target it"),
    "achievement": _("Achievements"),
    "post": _("News and documents"),
    "organisation": _("Organisations there"),
}
# The lists that have all of a kind; things of a kind without one are shown all the same.
LISTS: Mapping[str, str] = {
    "call": "/calls?about={code}",
    "gathering": "/gatherings?country={code}",
    "partnership": "/partnerships",
    "achievement": "/achievements?country={code}",
    "post": "/posts?country={code}",
    "organisation": "/organisations?country={code}",
}
