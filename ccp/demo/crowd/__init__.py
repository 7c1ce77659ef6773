"""220 fictitious clusters with their posts, so that lists, facets and the map are worth looking at."""
