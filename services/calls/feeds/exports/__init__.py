"""Exports (CSV and JSON) of calls and gatherings."""
