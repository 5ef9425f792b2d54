"""Commands of the people who write the course; nothing here is needed to read or run it."""
