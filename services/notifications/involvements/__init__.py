"""Involvements: who has a part in a call, by an application or a question, and who follows which thing."""
