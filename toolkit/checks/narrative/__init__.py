"""What texts say, held against the tables and against themselves."""
