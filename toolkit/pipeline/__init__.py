"""One function a command; the only room that sees all others. What the program can do, a notebook can do."""
