"""Confronts returns with rules. A check never opens a file."""
