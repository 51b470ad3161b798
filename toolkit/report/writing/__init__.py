"""From figures to sentences: what a form's outline says of one return or of a sum."""
