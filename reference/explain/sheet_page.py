"""A worksheet as an HTML page to print, with the mathematical signs of a textbook."""

import re
from html import escape

from reference.explain.worksheet import BEFORE_ANSWERS, BLANK

LINE = '<span class="blank"></span>'
# A factor times itself is a square, but not after a division sign: a / b * b is not a / b².
TWICE = re.compile(r"(?<![\w/])(?<!/ )(\([^()]+\)|\w+\[\w+\]) \* \1")
STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; }
h1, h2 { font-size: 1em; margin: 1.2em 0 0; } h1 { font-size: 1.3em; } section { break-inside: avoid; }
pre { font: 10pt/1.9 monospace; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.blank { display: inline-block; width: 7em; border-bottom: 1px solid; } p .blank { width: 16em; margin-right: 1em; }
.answers { break-before: page; } .answers pre { line-height: 1.4; }
@page { margin: 16mm; } @media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def sheet_page(sheet: str) -> str:
    """Return the text of a worksheet as an HTML page to print. The answers start on a new page."""
    questions, _, answers = escape(in_signs(sheet)).replace(BLANK, f"= {LINE}").partition(BEFORE_ANSWERS)
    data, *parts = (part.partition("\n") for part in questions.split("\n\n"))
    sections = "".join(f"<section><h2>{title}</h2><pre>{lines}</pre></section>\n" for title, _, lines in parts)
    title, _, lines = answers.partition("\n")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Worksheet</title>'
        f"<style>{STYLE}</style></head>\n<body><p>Name {LINE} Date {LINE}</p>\n<h1>{data[0]}</h1><pre>{data[2]}</pre>\n"
        f'{sections}<div class="answers"><h1>{title}</h1><pre>{lines}</pre></div></body></html>\n'
    )


def in_signs(equation: str) -> str:
    """Return an equation with the signs of a textbook.

    >>> in_signs("loss = (y[0] - 1) * (y[0] - 1) / 2"), in_signs("(y - t)**2"), in_signs("2 / (z) * (z) <= 0")
    ('loss = (y[0] - 1)² / 2', '(y - t)²', '2 / (z) × (z) ≤ 0')
    """
    return TWICE.sub(r"\1²", equation).replace("**2", "²").replace(" * ", " × ").replace("<=", "≤")
