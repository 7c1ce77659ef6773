"""The key that signs access tokens: operators replace it by a command, now and then or because it leaked."""
