"""Exports: a member gets a copy of their data from every service, as one archive."""
