"""The law of personal data (UU 27/2022): what is kept of one person, a copy of it, and its erasure."""
