"""Organisations: their profiles, the review of a profile, and their members."""
