"""What is new in the library, grouped into a few themes that a founder reads in a minute. Content, not time."""
