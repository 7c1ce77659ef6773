"""Posts of an organisation: news, announcements and documents, from the draft to the public stream."""
