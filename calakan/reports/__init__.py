"""Participation counts and lists as pages and files."""
