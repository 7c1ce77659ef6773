"""Who may apply to a call, and the answer to "am I eligible?" with its reasons."""
