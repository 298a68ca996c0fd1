"""Templates of certificates that the office makes itself: drafts, versions, and which diklat uses which."""
