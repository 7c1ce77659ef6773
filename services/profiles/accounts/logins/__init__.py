"""Log-ins: the password, the code of a second factor, and the tokens that they give."""
