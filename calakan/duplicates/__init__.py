"""Two accounts of one person: found, looked at, made one, and taken apart again."""
