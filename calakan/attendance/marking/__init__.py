"""The sheet of the panitia."""
