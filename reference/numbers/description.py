"""How a number, or whatever was given in place of one, is shown in a message."""

import reprlib

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 60


def describe(x: object) -> str:
    """Return what was given as a message shows it, however long or odd it is.

    >>> describe("tanh"), describe([0.5] * 1000)
    ("'tanh'", '[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...]')
    """
    try:
        return " ".join(SHORT.repr(x).split())
    except ValueError:  # Python prints no whole number of more than 4300 digits
        return f"a number too long to be shown ({type(x).__name__})"
