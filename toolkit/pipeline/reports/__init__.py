"""From verdicts and sums to written reports: which formats there are, and the Word file from draft to publication."""
