"""Registrations for gatherings: places, and a waiting list."""
