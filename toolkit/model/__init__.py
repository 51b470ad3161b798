"""What we talk about: frozen dataclasses; no files, no libraries."""
