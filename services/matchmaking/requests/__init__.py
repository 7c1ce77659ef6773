"""Partner requests: an organisation looks for a partner, or offers to be one."""
