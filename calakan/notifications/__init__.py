"""Messages to people: the outbox, composing at send time, channels (mail, console), delivery and retry."""
