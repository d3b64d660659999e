"""Answers written by language models: which model writes, what it reads, and how far it is trusted."""
