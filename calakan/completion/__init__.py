"""What a participant still lacks for the certificate, decided once: the conditions of a diklat and where people stand."""
