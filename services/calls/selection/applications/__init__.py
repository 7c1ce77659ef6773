"""Applications: the form of a call, drafts, submissions with receipts, withdrawal, the reserve list."""
