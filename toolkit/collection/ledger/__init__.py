"""What arrived, what was thought of it, and what was done: append-only."""
