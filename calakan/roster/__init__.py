"""The office's own people as its lists tell of them: rows, not accounts."""
