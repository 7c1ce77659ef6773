"""Files and pictures of posts: attached and deleted by editors, and read by those who may read the post."""
