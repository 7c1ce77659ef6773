"""What all pages stand on: layout, forms, languages, files, and who reads a page."""
