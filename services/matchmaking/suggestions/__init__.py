"""Suggestions: partners proposed to a member for a published call."""
