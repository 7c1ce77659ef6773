"""Involvements: who has a part in a call, by an application or a question, and so wants to know what happens to it."""
