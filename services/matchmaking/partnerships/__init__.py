"""Partnerships: formed by a selected expression of interest."""
