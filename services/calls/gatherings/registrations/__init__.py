"""Registrations: who has a place in a gathering, and who waits for one."""
