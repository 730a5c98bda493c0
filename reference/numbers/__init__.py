"""The kinds of number that the loops run on."""
