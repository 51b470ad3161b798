"""A collection round as it lies on disk: its settings, the office's key, the inbox, and who reports what."""
