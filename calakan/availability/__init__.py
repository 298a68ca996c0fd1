"""When a person is busy: marked by hand, or read from a calendar address of the person's own. Free by default."""
