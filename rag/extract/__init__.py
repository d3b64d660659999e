"""The answer without a language model: sentences, lists and tables that answer, quoted from the passages."""
