"""The agenda solver: a slot and a table for every agreed meeting, with the fewest breaks and a proof of optimality.

It reads and writes nothing but the files that it is given. The problem is business-to-business meeting scheduling:
Bofill et al., JAIR 74 (2022) 263-301.
"""
