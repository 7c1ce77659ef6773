"""The demo: the newsletter of May 2016, told through the public HTTP API."""
