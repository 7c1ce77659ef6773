"""Copies of calls, to which a partner request can be linked."""
