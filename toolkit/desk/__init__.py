"""The clerk's desk in her own browser: a round by buttons, each of which calls what a command calls."""
