"""Sessions: the log-ins of a member, which they list and end, on this device or on another one."""
