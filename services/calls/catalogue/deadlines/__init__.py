"""When a call closes: cut-offs with time and zone, what the clock announces of them, and how they were changed."""
