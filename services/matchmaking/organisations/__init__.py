"""Copies of organisations and memberships, kept by events."""
