"""Pages of this room: counts and lists, and what is kept about one person."""
