"""Accounts: members register, confirm their address and log in."""
