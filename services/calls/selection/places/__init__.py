"""More places and money for a mission, and what is left of them."""
