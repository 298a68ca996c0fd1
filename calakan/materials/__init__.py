"""What is handed out around a diklat: files, links and recordings, versioned, for the enrolled or for everyone."""
