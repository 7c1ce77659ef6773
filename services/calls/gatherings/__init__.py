"""Gatherings: conferences, seminars and matchmaking events in the calendar, with their programme."""
