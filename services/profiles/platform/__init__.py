"""The pages about the platform itself, and the list of its pages for search engines."""
