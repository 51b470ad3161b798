"""From figures to a document: sentences, blocks, one renderer a format, and a polished report read back."""
