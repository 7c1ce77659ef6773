"""The newsletter's own cases, each told to its end where time can pass."""
