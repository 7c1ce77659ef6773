"""Organisations: their profiles, the review of a profile, and who belongs to an organisation."""
