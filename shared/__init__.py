"""What every service stands on; it knows nothing about any one of them."""
