"""Implementations of the core's ports; only `rag.build` imports them."""
