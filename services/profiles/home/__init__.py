"""The front page: what is open and what comes next, and the copies of calls and gatherings that it shows."""
