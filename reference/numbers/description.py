"""How messages show a value that may be long or of any type."""

import reprlib

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 60


def describe(x: object) -> str:
    """Return any value as a text for a message. A long text is shortened.

    >>> describe("tanh"), describe([0.5] * 1000)
    ("'tanh'", '[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...]')
    """
    try:
        return " ".join(SHORT.repr(x).split())
    except ValueError:  # Python refuses to print whole numbers of more than 4300 digits
        return f"a number too long to print ({type(x).__name__})"
