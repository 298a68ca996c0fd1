"""Participation counts: pivots, charts, exports. Reads only."""
