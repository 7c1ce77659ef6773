"""Copies of organisations and memberships, and who may act for an organisation."""
