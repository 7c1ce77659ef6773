"""The four services: one folder each, no imports between them."""
