"""What goes out to units in a round."""
