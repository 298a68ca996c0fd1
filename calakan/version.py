"""The version of this checkout; imports nothing, so that every process can say it at once."""

VERSION = "0.1.0"
