"""Places and money of a mission: what is left, and higher limits."""
