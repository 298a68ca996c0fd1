"""Joining and leaving a diklat: quota, waiting list, promotion."""
