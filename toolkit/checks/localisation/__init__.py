"""Which cell is wrong, and what belongs there: from the linear equations of the rules alone."""
