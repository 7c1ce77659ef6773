"""The inbox: the alerts of one member, read or unread."""
