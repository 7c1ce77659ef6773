"""Pages of countries: what operators write about each, and what every service announces for it."""
