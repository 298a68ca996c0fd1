"""A year of an office from one seed: people and the world play, a model of its own says what must be true after each step."""
