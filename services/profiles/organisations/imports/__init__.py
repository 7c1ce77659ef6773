"""Import of organisations from files: read, compare with what is stored, publish."""
