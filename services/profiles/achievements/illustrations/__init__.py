"""Pictures of achievements: uploaded and removed by editors, and reviewed with the story that they illustrate."""
