"""The kernel: code that every service uses and that knows no service."""
