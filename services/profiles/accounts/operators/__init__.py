"""Operators of the platform: who they are, and who gave or took the role."""
