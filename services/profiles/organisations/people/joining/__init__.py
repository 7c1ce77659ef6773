"""Requests of members to join an organisation."""
