"""The vocabulary: forms, rules, returns, findings and verdicts as frozen dataclasses; no files, no libraries."""
