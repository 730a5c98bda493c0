"""The kinds of number that the loops run on."""

from reference.numbers import exact  # noqa: F401  registers Decimal and Fraction
