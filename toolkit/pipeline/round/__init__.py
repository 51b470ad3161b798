"""The steps of a collection round, from the first folder to the results."""
