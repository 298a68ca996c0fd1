"""What comes back: letters that found no mailbox, and people who complain, told by a mailbox or by a provider."""
