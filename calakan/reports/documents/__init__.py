"""What reports hand out to be read: files, printed lists, drawings. A door: their headings and sentences are words of the room."""
