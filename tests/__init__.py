"""The tests of the platform."""
