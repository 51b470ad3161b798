"""A report that an editor polished in Word, read again and held against its data."""
