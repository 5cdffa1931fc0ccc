"""The words of a turn -> a Request: its kind, subject, filters, the files meant. Parsed once."""
