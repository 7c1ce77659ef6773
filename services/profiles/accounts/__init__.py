"""Accounts: people who register, show that an address is theirs, and log in."""
