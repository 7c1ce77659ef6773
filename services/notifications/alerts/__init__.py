"""Alerts: which events concern which members, with the reason, and the fan-out to them."""
