"""Resets: a member who forgot their password sets another one, by a link that only the owner of the address gets."""
