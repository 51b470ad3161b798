"""A form ready for use: everything its definition says, compiled once and checked together."""
