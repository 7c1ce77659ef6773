"""Logos of organisations: uploaded and removed by their editors, and reviewed like their names."""
