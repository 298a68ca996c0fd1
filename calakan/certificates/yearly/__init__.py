"""One paper over all JP of a year: what a teacher hands in instead of a pile of certificates."""
