"""People of an organisation: invitations, roles, leaving, handing over."""
