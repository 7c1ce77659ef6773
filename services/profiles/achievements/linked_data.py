"""A public achievement as linked data of schema.org, for search engines (pure)."""

import json
from typing import Any

from services.profiles.achievements.domain import Achievement
from services.profiles.organisations.linked_data import SAFE
from shared.vocabulary import country_name


def linked_data(achievement: Achievement, site: str) -> str:
    """Return an achievement as JSON-LD that is safe within an element `script`; empty if it is not public."""
    if not achievement.is_public:
        return ""
    return json.dumps(described(achievement, site), ensure_ascii=False).translate(SAFE)


def described(achievement: Achievement, site: str) -> dict[str, Any]:
    """Return an achievement as a schema.org Article; what it does not state is left out."""
    url = f"{site}/achievements/{achievement.id}"
    author = {
        "@type": "Organization",
        "@id": f"{site}/organisations/{achievement.organisation_id}",
        "name": achievement.organisation_name,
    }
    shown = achievement.picture and achievement.picture.preview
    stated = {
        "image": shown
        and {
            "@type": "ImageObject",
            "url": f"{site}{shown.url}",
            "width": shown.width,
            "height": shown.height,
        },
        "articleBody": achievement.story,
        "datePublished": achievement.published_at and achievement.published_at.isoformat(),
        "dateModified": achievement.updated_at and achievement.updated_at.isoformat(),
        "contentLocation": [{"@type": "Country", "name": str(country_name(code))} for code in achievement.countries],
        "keywords": [ecosystem.label for ecosystem in achievement.ecosystems],
        "temporalCoverage": str(achievement.year or ""),
    }
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": url,
        "url": url,
        "headline": achievement.title,
        "author": author,
        "publisher": author,
        **{name: value for name, value in stated.items() if value},
    }
