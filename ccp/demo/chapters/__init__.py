"""The four calls of the newsletter, one chapter each; played to the end if time can be moved."""
