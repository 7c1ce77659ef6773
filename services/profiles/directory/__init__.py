"""The directory of public organisations: search, counts, exports, feeds, and the map."""
