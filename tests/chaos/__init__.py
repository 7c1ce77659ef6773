"""Killing it: the platform as separate processes on servers of its own, a nemesis, a checker from outside."""
