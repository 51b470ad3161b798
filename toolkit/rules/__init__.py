"""From rule text to value, formula, linear terms and sentence. A rule never knows an address."""
