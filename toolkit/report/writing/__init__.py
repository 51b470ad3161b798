"""From figures to sentences: the outline of a form, and what it says of one return or of a sum."""
