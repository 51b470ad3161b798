"""Who reports, for whom, and under what code."""
