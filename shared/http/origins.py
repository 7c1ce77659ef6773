"""The site whose page sent a request: ours, another one, or none."""

from urllib.parse import urlsplit

from fastapi import Request

OWN_SITE = {"same-origin", "none"}  # values of Sec-Fetch-Site: from our page, or from the address bar


def is_foreign(request: Request, public_url: str) -> bool:
    """Return whether a browser sent the request for a page of another site. Programs send neither header."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site not in OWN_SITE
    origin = request.headers.get("origin")
    return origin is not None and origin != origin_of(public_url)


def is_own(request: Request, public_url: str) -> bool:
    """Return whether a browser sent the request for a page of ours: only then its cookie counts for a change."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    return request.headers.get("origin") == origin_of(public_url)


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, as browsers write an origin (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
