"""A form's rules looked at as a whole: what contradicts, what is implied, what can never fail."""
