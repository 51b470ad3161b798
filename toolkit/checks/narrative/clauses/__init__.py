"""Sentences read clause by clause: words, clauses, and what each figure says."""
