"""Preferences: a member's interests, and their consent to e-mail."""
