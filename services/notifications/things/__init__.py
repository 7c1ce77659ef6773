"""Things: copies of what members follow, so that pages can name them, and count the calls that fit an interest."""
