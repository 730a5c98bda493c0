"""The worksheet of `explain --worksheet`: equations with blanks for the results, and the answers at the end."""

import argparse
from html import escape
from textwrap import fill
from typing import NamedTuple

from reference.explain.explanation import Entry, Explanation
from reference.explain.printing import AFTER, TITLES, functions_of, sample_lines
from reference.explain.selection import entries_by_stage
from reference.explain.shown import shown
from reference.explain.text import Style, leaf_of, title_of, value_text
from reference.numbers.traced import Traced, expression_of
from reference.specification.messages import printable

BLANK, WIDTH, MOST_TERMS, MOST_WEIGHTS = "________", 80, 12, 50
LINE = '<span class="blank"></span>'
RESULT = f'<span class="result"><code>= </code>{LINE}</span>'  # on one line
STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.3em; } h2 { font-size: 1em; margin: 1.4em 0 0; } code { font-size: 0.95em; }
section { break-inside: avoid; } ol { list-style: none; padding: 0; margin: 0; } li { margin: 0.5em 0; }
.blank { display: inline-block; width: 7em; border-bottom: 1px solid; } .who .blank { width: 16em; margin-right: 1em; }
.result { white-space: nowrap; } .answers { break-before: page; }
table { border-collapse: collapse; } td { padding: 0 2em 0 0; }
@page { margin: 16mm; } @media print { body { margin: 0; max-width: none; } }
"""


class Part(NamedTuple):
    """The questions of one stage: its formula, the equations without results, and the answers as (name, result)."""

    stage: str
    formula: str
    equations: list[str]
    answers: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """The name of the stage and its meaning."""
        return f"{self.stage}: {TITLES[self.stage]}"


class Sheet(NamedTuple):
    """A worksheet: its title, lines with the data, the questions, and a rule for rounding."""

    title: str
    data: list[str]
    parts: list[Part]
    rounding: str

    def text(self) -> str:
        """Return the worksheet as text with lines of at most 80 characters."""
        lines = [fill(line, WIDTH) for line in (self.title, *self.data, self.rounding)]
        for part in self.parts:
            lines += ["", part.title, fill(part.formula, WIDTH)]
            lines += [fill(f"  {left} = {BLANK}", WIDTH, subsequent_indent="      ") for left in part.equations]
        lines += ["", "-" * WIDTH, "Answers"]
        for part in self.parts:
            lines += ["", *(f"  {name} = {value}" for name, value in part.answers)]
        return "\n".join(lines)

    def page(self) -> str:
        """Return the worksheet as an HTML page to print. The answers start on a new page."""
        data = "".join(f"<p>{escape(line)}</p>" for line in [*self.data, self.rounding])
        data = data.replace("-&gt;", "-&#8288;&gt;")  # the name of an edge stays on one line
        parts = "".join(map(section, self.parts))
        rows = "".join(
            f"<tr><td><code>{escape(name)}</code></td><td><code>{escape(value)}</code></td></tr>"
            for part in self.parts
            for name, value in part.answers
        )
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Worksheet</title>'
            f"<style>{STYLE}</style></head>\n"
            f'<body><h1>{escape(self.title)}</h1>\n<p class="who">Name {LINE} Date {LINE}</p>\n{data}{parts}'
            f'<section class="answers"><h1>Answers</h1><table>{rows}</table></section></body></html>\n'
        )


def section(part: Part) -> str:
    """Return the questions of a stage as HTML."""
    questions = "".join(f"<li><code>{escape(left)}</code> {RESULT}</li>" for left in part.equations)
    return f"<section><h2>{escape(part.title)}</h2><code>{escape(part.formula)}</code><ol>{questions}</ol></section>\n"


def worksheet(explanation: Explanation, entries: list[Entry], title: str, options: argparse.Namespace) -> Sheet:
    """Return the worksheet of some entries. Raises ValueError if a sum is too long for paper, or if there are no questions."""
    style, parts, blanks = Style(options.digits), [], {"slope"}
    for stage, _, shown_entries in entries_by_stage(explanation, entries, options):
        few = [entry for entry in shown_entries if not entry.alias]  # the gradient of a bias is its delta, a fixed bias stays
        if not few:
            continue
        blanks |= {entry.name for entry in few}
        equations = [question(entry, style, blanks) for entry in few]
        answers = [(title_of(entry), value_text(entry, style)) for entry in few]
        parts.append(Part(stage, explanation.formulas[stage].loop, equations, answers))
    if explanation.loss_after is not None and all(entry.name in blanks or entry.alias for entry in explanation.of("weights")):
        answer = AFTER, shown(explanation.loss_after, style.digits)
        parts.append(Part(AFTER, explanation.formulas["loss"].loop, [AFTER], [answer]))
    if not parts:
        raise ValueError("--worksheet: there is nothing to compute; choose another --stage or --node")
    data = [functions_of(explanation, style), *sample_lines(explanation, style)]
    if len(explanation.weights) <= MOST_WEIGHTS:
        edges = map(explanation.architecture.layout.name_of, range(len(explanation.weights)))
        pairs = zip(edges, explanation.weights, strict=True)
        data.append("weights: " + ", ".join(f"{edge} {shown(weight, style.digits)}" for edge, weight in pairs))
    rounding = (
        f"Write {style.digits} significant digits. For new weights, write enough digits to see the change. "
        "Continue with unrounded results."
    )
    return Sheet(printable(title), data, parts, rounding)


def question(entry: Entry, style: Style, blanks: set[str]) -> str:
    """Return the equation of an entry without its result. A number in `blanks` appears by its name, not by its value."""
    if len(entry.terms) > MOST_TERMS:
        raise ValueError(
            f"--worksheet: {entry.name} has {len(entry.terms)} terms, too many for paper; choose another --stage or --node"
        )
    digits = leaf_of(entry, style.digits)

    def leaf(x: Traced) -> str | None:
        return x.name if x.name in blanks else digits(x)

    if not entry.plain.operation:
        return title_of(entry)
    return f"{title_of(entry)} = {expression_of(entry.plain, leaf)}"
