"""Pages of those who publish calls: their calls, what waits in each, and the forms that change them."""
