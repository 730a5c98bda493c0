"""The verdict: one record, read by programs as JSON and by people as a report."""

import json
import math
from html import escape
from typing import Any, NamedTuple, TypeAlias

from reference.oracle.answers import Candidate
from reference.oracle.cases import Case
from reference.oracle.explaining.report import report
from reference.oracle.settings import Setting
from reference.specification.notebook import cut, first_few

AGREE = ("exact", "within_bound", "textbook")
ANSWERS = {  # words and background colours, dark enough for white text
    True: ("✓ yes, this is the network", "#1a7f37"),
    False: ("✗ no, this is not the network", "#b42318"),
    None: ("? could not tell", "#57606a"),
}
Record: TypeAlias = dict[str, Any]  # holds only plain numbers, texts, lists and dictionaries


class Verdict(NamedTuple):
    """What the oracle says about a candidate.

    grade : "exact" (to the bit), "within_bound" (every difference may be rounding), "textbook" (textbook formulas, such as
        softmax without subtracting the maximum, explain all numbers), "low_precision" (close to the right numbers, but with
        fewer digits), "another_convention" (such as another place of Adam's epsilon), "wrong" or "undecided"
    agrees : whether the candidate is this network. True for exact and within_bound, and for textbook if the check is not strict
    first_wrong : the first number that is wrong by itself, and not only because an earlier number is wrong, such as
        "h_sums[2] of sample 3". If an answer has a wrong shape, what is wrong with the shape. Otherwise None
    diagnoses : the likely mistakes: names from `reference.oracle.MISTAKES`, or the wrong formula of a mistake without a name
    counterexample : the smallest case found that still fails for the same reason, or the case whose answer is missing or has
        a wrong shape. Otherwise None
    record : all of this and more, as plain numbers, texts, lists and dictionaries. If the network agrees, `accuracy` says in
        one line how accurate the answers are, and `formulas` lists the names of the textbook formulas
    explanation : a function that answers a case with the candidate's mistakes; None unless these mistakes explain all answers
    """

    grade: str
    agrees: bool
    first_wrong: str | None
    diagnoses: list[str]
    counterexample: Case | None
    record: Record
    explanation: Candidate | None = None

    def to_json(self) -> str:
        """Return the record as JSON. NaN and infinity become texts, because JSON does not have them."""
        return json.dumps(without_nan(self.record), indent=1, allow_nan=False)

    def __str__(self) -> str:
        return report(self.record)

    def __repr__(self) -> str:
        findings = {
            "first_wrong": self.first_wrong,
            "diagnoses": self.diagnoses,
            "why": None if self.first_wrong else self.record.get("why"),
        }
        words = [f", {name}={value!r}" for name, value in findings.items() if value]
        return cut(f"Verdict({self.grade!r}, agrees={self.agrees}{''.join(words)})")

    def _repr_html_(self) -> str:
        answer, colour = ANSWERS[None if self.grade == "undecided" else self.agrees]
        case = self.counterexample
        findings = {
            "why": None if self.first_wrong else self.record.get("why"),
            "first wrong number": self.first_wrong,
            "likely mistakes": ", ".join(first_few(self.diagnoses, 3)),
            "smallest counterexample": case and f"{case.layout}, {case.setting.hidden}, {case.setting.output}",
        }
        lines = "".join(f"<br>{name}: {escape(value)}" for name, value in findings.items() if value)
        badge = f'<span style="background:{colour};color:white;border-radius:.3em;padding:.1em .5em">{answer}</span>'
        pre = f'<pre style="font-family:monospace;white-space:pre-wrap;word-break:normal">{escape(str(self))}</pre>'
        return f"<p>{badge} <code>{self.grade}</code>{lines}</p><details><summary>report</summary>{pre}</details>"


def without_nan(value: object) -> object:
    """Return a record with NaN and infinities as texts."""
    if isinstance(value, dict):
        return {name: without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(entry) for entry in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def record_of(setting: Setting | None, **how: object) -> Record:
    """Return a record with the setting and how the cases were drawn. `verdict_of` adds the rest."""
    usual = {"batch": None, "seed": None, "sizes": None, "precision": None, "targets": "usual", "strict": False}
    return {"setting": setting and setting._asdict(), **usual, **how, "notes": []}


def verdict_of(
    record: Record,
    grade: str,
    *,
    agrees: bool | None = None,
    first_wrong: str | None = None,
    names: list[str] | None = None,
    case: Case | None = None,
    why: str | None = None,
) -> Verdict:
    """Return the verdict, with its findings added to the record."""
    agrees = grade in AGREE if agrees is None else agrees
    names = names or []
    counterexample = None if case is None else dict(case.question()) | {"purpose": case.purpose}
    record = record | {"grade": grade, "agrees": agrees, "first_wrong": first_wrong, "diagnoses": names, "why": why}
    return Verdict(grade, agrees, first_wrong, names, case, record | {"counterexample": counterexample})
