"""What a member asks of their personal data: a copy of all of it, and its erasure in every service."""
