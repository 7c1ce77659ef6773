"""The page of an organisation: its profile, and what it publishes."""
