"""The front page: the number of organisations and the next deadlines of open calls."""
