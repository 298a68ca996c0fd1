"""Question banks of other programs, each read to items and to what waits for a person with its line and reason. Pure."""
