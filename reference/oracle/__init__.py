"""The oracle: is your network right, and if not, what did you get wrong?"""

from reference.oracle.checking import assert_agrees, assert_right, check
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.verdict import Verdict

__all__ = ["MISTAKES", "Verdict", "assert_agrees", "assert_right", "check"]
