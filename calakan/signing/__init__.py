"""Signatures of papers: keys and their rotation, PAdES envelopes, time stamps, the signed text of the QR, and checking."""
