"""API tokens: a member lets programs act for them, until a day and within a scope."""
