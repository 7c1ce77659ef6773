"""The list of public pages for search engines (sitemaps.org)."""

from fastapi import APIRouter, Response
from markupsafe import Markup

from services.profiles.achievements.store import public_ids as achievement_ids
from services.profiles.achievements.usecases import achievement_path
from services.profiles.countries.store import with_texts
from services.profiles.countries.usecases import country_path
from services.profiles.dependencies import CurrentRuntime
from services.profiles.organisations.store import published_ids
from services.profiles.organisations.usecases import organisation_path
from services.profiles.posts.store import public_ids
from services.profiles.posts.usecases import post_path
from shared.web.pages import navigation

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_ORGANISATIONS = 40_000  # a sitemap may have 50,000 addresses
MOST_POSTS = 6_000
MOST_ACHIEVEMENTS = 3_000
MENUS = ("main", "footer")

router = APIRouter()


@router.get("/sitemap.xml", include_in_schema=False)
async def show_sitemap(runtime: CurrentRuntime) -> Response:
    """Return the addresses of lists, of pages about the platform, and of what is public of others."""
    menus = [entry["path"] for menu in MENUS for entry in navigation().get(menu, ())]
    organisations = [organisation_path(id) for id in await published_ids(runtime.db, MOST_ORGANISATIONS)]
    posts = [post_path(id) for id in await public_ids(runtime.db, MOST_POSTS)]
    achievements = [achievement_path(id) for id in await achievement_ids(runtime.db, MOST_ACHIEVEMENTS)]
    countries = [country_path(page.id) for page in await with_texts(runtime.db)]
    home = runtime.resources.public_url
    addresses = Markup("").join(
        Markup("<url><loc>{}</loc></url>\n").format(f"{home}{path}")
        for path in dict.fromkeys(["/", *menus, *organisations, *posts, *achievements, *countries])
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{NAMESPACE}">\n{addresses}</urlset>\n'
    return Response(body, media_type="application/xml", headers={"Cache-Control": "public, max-age=3600"})
