"""What every room stands on: database, clock, actor, errors, events, claims, files, codes. No pages, no words of the field."""
