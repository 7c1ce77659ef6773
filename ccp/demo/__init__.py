"""The demo: it plays the newsletter of May 2016 through the public HTTP API."""
