"""Moderation: anyone reports a thing, operators decide with a reason, its organisation can object once."""
