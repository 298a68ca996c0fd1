"""Participation counts and lists as pages and files; and what spans all rooms about one person: a copy, erasure."""
