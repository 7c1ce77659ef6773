"""Assessment: who assesses the applications of a cut-off, by which criteria, and what is decided."""
