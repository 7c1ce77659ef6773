"""Second factors: codes of an app on a phone, and recovery codes, beside the password."""
