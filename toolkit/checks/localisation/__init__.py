"""Which cell is wrong, and what belongs there: from the equations of the rules, and what other figures say."""
