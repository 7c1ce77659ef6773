"""The agenda: every agreed meeting in a slot and at a table, with the fewest breaks, and proof of it.

Pure: no input or output but files it is told to read. The problem is the business-to-business meeting scheduling of
Bofill et al., JAIR 74 (2022) 263-301.
"""
