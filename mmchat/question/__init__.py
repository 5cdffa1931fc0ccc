"""The words of a turn -> what a person wants. It knows no index and no answer."""
