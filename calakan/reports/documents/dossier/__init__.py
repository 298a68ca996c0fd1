"""The evidence report as a document for a jury: cover, five figures, charts, map, voices, and how it was counted."""
