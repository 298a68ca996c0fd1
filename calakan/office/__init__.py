"""What the office itself decides: its name, signers, number pattern, yearly JP target, and the lists people choose from."""
