"""The screen from which a session is run."""
