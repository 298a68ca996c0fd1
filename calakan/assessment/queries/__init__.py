"""Reads of this room, one file per theme."""
