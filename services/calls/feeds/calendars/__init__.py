"""Calendars (iCalendar) of gatherings, of deadlines of calls, and of a member's own gatherings."""
