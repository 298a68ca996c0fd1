"""Invented people and diklat for development; never in production."""
