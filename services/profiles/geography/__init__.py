"""Places: the table of European regions, and the shapes of regions and countries. `tools/map_shapes.py` makes them."""
