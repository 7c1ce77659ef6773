"""Assessment: the assessors and criteria of a cut-off, their scores, and the decisions."""
