"""Import of calls from public sources: read, reconcile, publish."""
