"""Audit logs of applications and claims."""
