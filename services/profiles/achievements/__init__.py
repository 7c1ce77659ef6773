"""Achievements of organisations: the story, what came of it, and what is behind it; public after a review."""
