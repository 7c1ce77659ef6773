"""Audit trails of applications and claims."""
