"""One list of who was there, as the panitia see it."""
