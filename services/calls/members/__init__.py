"""Copies of members' names, for organisers and publishers who must know with whom they deal."""
