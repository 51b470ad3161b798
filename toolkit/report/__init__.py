"""From figures to sentences to a document: blocks, facts, one renderer a format."""
