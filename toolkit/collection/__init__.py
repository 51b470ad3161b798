"""A collection round on disk: the roster, the office's key, the inbox, the ledger of everything received."""
