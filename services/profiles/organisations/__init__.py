"""Organisations: their profiles and the review of these, their people, their member organisations, and imports."""
