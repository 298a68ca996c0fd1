"""Before and around the sessions: what a change would touch, proposals of series, reviews, clones of past diklat."""
