"""Accounts: members register, confirm their address, log in and stay logged in; operators among them."""
