"""The inbox: the alerts of a member, unread or read."""
