"""Changes of address: a member moves their account to another address, whose owner opens a link."""
