"""Content negotiation: HTML for people, JSON for programs (RFC 9110, section 12.5.1)."""

from fastapi import Request


def wants_html(request: Request) -> bool:
    """Return whether the Accept header prefers HTML to JSON."""
    return _quality(request, "text/html") > _quality(request, "application/json")


def _quality(request: Request, media: str) -> float:
    best = 0.0
    for part in request.headers.get("accept", "*/*").split(","):
        name, *parameters = part.replace(" ", "").lower().split(";")
        if name == media or (name == "application/*" and media.startswith("application/")):
            weights = [p[2:] for p in parameters if p.startswith("q=")]
            try:
                best = max(best, float(weights[0]) if weights else 1.0)
            except ValueError:
                continue
    return best
