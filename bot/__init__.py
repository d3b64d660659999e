"""Adapters and the running program around the retrieval-augmented core."""
