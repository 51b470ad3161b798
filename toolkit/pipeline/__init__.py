"""One function a step; the only package that sees all others. What the program can do, a notebook can do."""
