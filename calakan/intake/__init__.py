"""Backgrounds and scanned signatures from outside, made anew in a process of their own; nothing of the file survives."""
