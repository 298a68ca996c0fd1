"""How somebody without an account enrols: his address is proven by a mail, and the account comes along."""
