"""The words of the directory: facets and their values, orders."""

from collections.abc import Callable, Mapping

from services.profiles.directory.search import Order
from services.profiles.geography.regions import region_name
from services.profiles.organisations.sectors import SECTORS
from services.profiles.organisations.words import said
from shared.vocabulary import Ecosystem, OrganisationKind
from shared.web.i18n import _, country_name, translated

TITLES: Mapping[str, str] = {
    "country": _("Country"),
    "region": _("Region"),
    "ecosystem": _("Ecosystem"),
    "kind": _("Kind"),
    "size": _("Size"),
    "service": _("Service offered"),
    "interest": _("Country of interest"),
    "technology": _("Technology"),
    "sector": _("Sector"),
    "label": _("Label"),
}
ALWAYS_SHOWN = ("country", "ecosystem", "kind", "size", "service", "interest")
LABELS: Mapping[str, Callable[[str], str]] = {
    "country": country_name,
    "region": region_name,
    "ecosystem": lambda ecosystem: translated(Ecosystem(ecosystem).label),
    "kind": lambda kind: translated(OrganisationKind(kind).label),
    "size": said,
    "service": said,
    "interest": country_name,
    "technology": said,
    "sector": lambda code: translated(SECTORS[code]),
    "label": said,
}
ORDERS: Mapping[Order, str] = {
    "name": _("name"),
    "newest": _("newest first"),
    "updated": _("last changed first"),
}
