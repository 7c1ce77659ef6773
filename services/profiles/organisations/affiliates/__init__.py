"""The member organisations of an organisation: companies, research bodies and others, by name."""
