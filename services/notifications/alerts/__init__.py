"""Alerts: the events that concern members, their texts, and the fan-out to the members concerned."""
