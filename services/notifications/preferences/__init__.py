"""Preferences: the interests of a member, and their consent to e-mail."""
