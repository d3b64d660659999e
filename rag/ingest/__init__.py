"""From sources to chunks: find files, read them, cut them along their headings, keep the index up to date."""
