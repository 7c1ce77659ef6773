"""Import of foreign files: what every service needs that reads tables and JSON of others."""
