"""A public profile as linked data of schema.org, for search engines (pure)."""

import json
from typing import Any

from services.profiles.geography.regions import region_name
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.review import Status
from shared.vocabulary import OrganisationKind

TYPES = {
    OrganisationKind.COMPANY: "Corporation",
    OrganisationKind.RESEARCH_BODY: "ResearchOrganization",
    OrganisationKind.PUBLIC_BODY: "GovernmentOrganization",
}
SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def linked_data(organisation: Organisation, site: str) -> str:
    """Return a profile as JSON-LD that is safe within an element `script`; empty if the profile is not public."""
    if organisation.status is not Status.PUBLISHED:
        return ""
    text = json.dumps(described(organisation, site), ensure_ascii=False)
    return text.translate(SAFE)


def described(organisation: Organisation, site: str) -> dict[str, Any]:
    """Return a profile as a schema.org Organization; what it does not state is left out."""
    place, logo = organisation.point, organisation.logo and organisation.logo.preview
    stated = {
        "name": organisation.name,
        "alternateName": organisation.acronym,
        "description": organisation.description,
        "sameAs": organisation.website,
        "foundingDate": str(organisation.year_founded or ""),
        "logo": logo
        and {"@type": "ImageObject", "url": f"{site}{logo.url}", "width": logo.width, "height": logo.height},
        "knowsAbout": [ecosystem.label for ecosystem in organisation.ecosystems],
        "location": place
        and {
            "@type": "Place",
            "geo": {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude},
        },
    }
    address = {
        "addressCountry": organisation.country,
        "addressRegion": region_name(organisation.region),
        "addressLocality": organisation.city,
    }
    url = f"{site}/organisations/{organisation.id}"
    return {
        "@context": "https://schema.org",
        "@type": TYPES.get(organisation.kind, "Organization"),
        "@id": url,
        "url": url,
        **{name: value for name, value in stated.items() if value},
        "address": {"@type": "PostalAddress", **{name: value for name, value in address.items() if value}},
    }
