"""A worksheet as an HTML page to print, with the signs of a textbook. A line breaks as in the text."""

import re
from html import escape

from reference.explain.sheet import Part, Sheet, Table, parts_of

LINE = '<span class="blank"></span>'
TWICE = re.compile(r"(?<![\w/])(?<!/ )(\([^()]+\)|\w+\[\w+\]) \* \1")
STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.3em; } h2 { font-size: 1em; margin: 1.4em 0 0; } code { font-size: 0.95em; }
section { break-inside: avoid; } section p { margin: 0; } ol { list-style: none; padding: 0; margin: 0; }
li { margin: 0.5em 0 0.5em 3em; text-indent: -3em; } li * { text-indent: 0; } p { margin: 0.6em 0; }
.blank { display: inline-block; width: 7em; border-bottom: 1px solid; } .who .blank { width: 16em; margin-right: 1em; }
.part { white-space: nowrap; } .answers { break-before: page; }
table { border-collapse: collapse; } td { padding: 0 2em 0 0; } caption { text-align: left; white-space: nowrap; }
.weights { display: inline-table; margin: 0.6em 3em 0 0; vertical-align: top; break-inside: avoid; }
.weights th, .weights td { padding: 0.1em 0.6em; border: 1px solid #aaa; text-align: right; }
@page { margin: 16mm; } @media print { body { margin: 0; max-width: none; } }
"""


def sheet_page(sheet: Sheet) -> str:
    """Return the worksheet as an HTML page to print. The answers start on a new page."""
    data = "".join(f"<p>{escape(line)}</p>\n" for line in [*sheet.data, sheet.rounding])
    tables, parts = "".join(map(table_html, sheet.weights)), "".join(map(part_html, sheet.parts))
    answers = "".join(row_html([name, value], "td") for part in sheet.parts for name, value in part.answers)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Worksheet</title>'
        f"<style>{STYLE}</style></head>\n"
        f'<body><h1>{escape(sheet.title)}</h1>\n<p class="who">Name {LINE} Date {LINE}</p>\n{data}{tables}{parts}'
        f'<section class="answers"><h1>Answers</h1><table>{answers}</table></section></body></html>\n'
    )


def table_html(table: Table) -> str:
    """Return a table as HTML."""
    names, *rows = table.rows
    body = "".join(row_html(row, "th", "td") for row in rows)
    return f'<table class="weights"><caption>{escape(table.title)}</caption>{row_html(names, "th")}{body}</table>\n'


def row_html(cells: list[str], first: str, others: str = "") -> str:
    """Return a row of a table as HTML. `first` is the tag of its first cell, `others` that of the other cells."""
    tags = [first, *[others or first] * (len(cells) - 1)]
    texts = (f"<{tag}><code>{escape(cell)}</code></{tag}>" for tag, cell in zip(tags, cells, strict=True))
    return f"<tr>{''.join(texts)}</tr>"


def part_html(part: Part) -> str:
    """Return the questions of a stage as HTML."""
    notes = "".join(f"<p>{equation_html(note)}</p>" for note in part.notes)
    questions = "".join(f"<li>{equation_html(question, ' = ' + LINE)}</li>" for question in part.questions)
    return f"<section><h2>{escape(part.title)}</h2>{notes}<ol>{questions}</ol></section>\n"


def equation_html(equation: str, result: str = "") -> str:
    """Return an equation as HTML with the signs of a textbook. A result at its end stays with the last term."""
    *parts, last = parts_of(in_signs(equation))
    texts = [*map(escape, parts), escape(last) + result]
    spans = " ".join(f'<span class="part">{text}</span>' for text in texts)
    return f"<code>{spans}</code>"


def in_signs(equation: str) -> str:
    """Return an equation with the signs of a textbook.

    >>> in_signs("loss = (y[0] - 1) * (y[0] - 1) / 2"), in_signs("(y - t)**2"), in_signs("2 / (z) * (z) <= 0")
    ('loss = (y[0] - 1)² / 2', '(y - t)²', '2 / (z) × (z) ≤ 0')
    """
    return TWICE.sub(r"\1²", equation).replace("**2", "²").replace(" * ", " × ").replace("<=", "≤")
