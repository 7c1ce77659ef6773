"""Calls and gatherings for other programs: calendars, feeds and exports."""
