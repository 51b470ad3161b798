"""A winter at a clerk's desk: an invented district of forty units, three linked rounds, and what goes wrong."""
