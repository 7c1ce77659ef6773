"""Copies of organisations and memberships, updated by events."""
