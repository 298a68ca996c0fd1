"""Real servers for the tests: PostgreSQL, the broker, a mail server that misbehaves on demand. No fixtures."""
