"""The catalogue: diklat, their struktur program and live sessions; publishing, closing and cancelling."""
