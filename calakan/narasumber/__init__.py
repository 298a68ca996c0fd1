"""Volunteers, their public profiles, and their assignments to live sessions, which never clash."""
