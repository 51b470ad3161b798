"""One page that shows how a round stands: who is missing, what was found, the figures down to the cell."""
