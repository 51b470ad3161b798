"""The append-only book of a round: what arrived, what was thought of it, what was done."""
