"""The words of a turn -> what is asked for, by small layers fitted over the multilingual text space."""
