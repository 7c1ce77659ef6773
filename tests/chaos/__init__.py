"""Chaos tests: the platform as separate processes, a nemesis that kills them, a checker of the invariants."""
