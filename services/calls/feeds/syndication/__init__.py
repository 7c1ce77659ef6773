"""Feeds (Atom and JSON Feed) of calls and gatherings."""
