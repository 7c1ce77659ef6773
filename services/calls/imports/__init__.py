"""Public sources of calls, read, reconciled and published."""
