"""Missions: places and money, promised and paid, never more than there are."""
