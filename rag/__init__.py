"""The retrieval-augmented core: from documents to cited answers, without a chat platform, a clock or an environment."""
