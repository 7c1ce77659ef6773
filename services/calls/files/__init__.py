"""Files that people upload: which are taken, where they are kept, how they are handed out."""
