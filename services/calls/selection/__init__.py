"""From an application to money paid."""
