"""A session as its participant sees it: the way in, the code, the own evidence, an appeal."""
