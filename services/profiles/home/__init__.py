"""The front page: the number of organisations and the next deadlines, from copies of calls."""
