"""Certificates: who is eligible, numbers, frozen facts, issuing in the background, public verification."""
