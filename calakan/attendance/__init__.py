"""Presence per live session: the code shown live, marks by hand, earned JP, and what is still missing."""
