"""The door of a hall: the ticket of a participant, and the pages on which the panitia record who comes in."""
