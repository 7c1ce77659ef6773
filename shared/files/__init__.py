"""Uploaded files: which ones are accepted, how they are stored, and how they are downloaded."""
