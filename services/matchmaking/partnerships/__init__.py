"""Partnerships: formed by the selection of an expression of interest, and public."""
