"""The report: a verdict's record as a person reads it."""

import math
from collections import Counter
from typing import Any

from reference.oracle.worked import short

MOST_LINES = 6
GRADES = {
    "exact": "AGREES: exact, every number is the very number of the reference loops",
    "within_bound": "AGREES: within the proven bound of every number",
    "textbook": "AGREES: a right network, by textbook formulas",
    "low_precision": "LOW PRECISION: near the right numbers, and no listed formula explains the rest; if it prints them, print "
    "17 digits",
    "another_convention": "ANOTHER CONVENTION: the step is written differently here; this is a convention, not a slip",
    "wrong": "WRONG",
    "undecided": "COULD NOT TELL",
}
STRICT = "DOES NOT AGREE, as strict was asked: a right network, by textbook formulas that lose digits"


def report(record: dict[str, Any]) -> str:
    """Return the report of a record: the verdict and what explains it, the evidence, notes, and how to see it again."""
    strictly = record["grade"] == "textbook" and not record["agrees"]
    lines = [STRICT if strictly else GRADES[record["grade"]]]
    if record["why"]:
        lines.append(record["why"])
    lines += [note for note in record["notes"] if note.startswith("asked again")]
    if record["grade"] == "wrong" and not record["why"]:
        lines += wrong_lines(record)
    if "summary" in record:
        lines += summary_lines(record)
    lines += [f"consistent with {each['name']}: {each['note']}" for each in record.get("conventions", [])]
    lines += [f"note: {note}" for note in record["notes"] if not note.startswith("asked again")]
    if record["agrees"] and (record["setting"] or {}).get("steps") == 1 and "weights" in record["summary"]["by_stage"]:
        lines.append("note: only the first step was judged; steps=3 (--steps 3) asks for more")
    if record["agrees"]:
        lines.append(
            "What a pass does not prove: that no mistake is smaller than the allowance, that other sizes and settings "
            "are right, that the network learns."
        )
    if record["counterexample"]:
        lines.append(right_by(record["counterexample"]))
    if record["seed"] is not None or "again" in record:
        lines.append(reproduction(record))
    return "\n".join(lines)


def summary_lines(record: dict[str, Any]) -> list[str]:
    """Return how many numbers were judged and how close they came."""
    summary, lines = record["summary"], []
    stages = ", ".join(f"{stage} {count:,}" for stage, count in summary["by_stage"].items())
    lines.append(
        f"{record['examples']} cases, {summary['judged']:,} numbers judged ({stages}), {summary['exact']:,} equal to the bit"
    )
    if record.get("accuracy"):
        lines.append(record["accuracy"])
    worst = summary["worst"]
    if worst and worst["ratio"] > 1:  # of other formulas or another precision: how far it is from the bound says nothing
        return lines
    if worst and worst["ratio"] > 0:
        lines.append(
            f"closest to its allowance: {worst['stage']}[{worst['at']}] of case {worst['case']}: {short(worst['answer'])} for "
            f"{short(worst['right'])}, error {worst['error']:.2g}, allowed {worst['allowance']:.2g}, ratio {worst['ratio']:.2g}"
        )
    lines.append(f"error/allowance: mean {summary['mean']:.2g}, spread {summary['spread']:.2g}")
    if abs(summary["lean"]) > 4:
        side = "towards 0: does it truncate?" if summary["lean"] < 0 else "away from 0"
        lines.append(f"the errors lean {side} ({abs(summary['lean']):.0f} standard errors)")
    return lines


def wrong_lines(record: dict[str, Any]) -> list[str]:
    """Return where it goes wrong, what that is consistent with, and the smallest network that shows it."""
    lines = [
        f"first wrong: {record['first_wrong']}, in case {record['first_wrong_case']}; "
        f"{record['failing']} of {record['examples']} cases fail"
    ]
    for number, found in enumerate(record["explanation"], 1):
        if not found["name"]:
            lines.append(found["explanation"])
            continue
        named = f"{found['name']}: " if found["name"].isidentifier() else ""
        count = f"{number}. " if len(record["explanation"]) > 1 else ""
        lines.append(f"consistent with {count}{named}{found['explanation']}")
        some = found["theirs"][:2] if len(found["theirs"]) > 2 else found["theirs"]
        lines += [f"    theirs  {text}" for text in some]
        lines += [f"    right   {text}" for text in found["right"][: len(some)]]
        lines += ["            and so in the other blocks"] if len(some) < len(found["theirs"]) else []
        lines += [f"    do      {found['fix']}"] if found["fix"] else []
        lines += [f"    or      {', '.join(found['also'])}: for these settings that is the same"] if found["also"] else []
    if record["complete"]:
        fresh = " and of 100 fresh ones" if record["fresh"] else ""
        lines.append(f"this gives all numbers of all cases{fresh}")
    return lines + smallest_lines(record)


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network that still fails, the first wrong stage as the sums it is, and the later ones in one line."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0].partition(" ")[0]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that shows it: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    wrong = [line for line in record["worked"] if line.get("wrong")]
    here = [line for line in wrong if line["stage"] == stage] or wrong
    width = max((len(line["name"]) for line in here[:MOST_LINES]), default=0)
    for line in here[:MOST_LINES]:
        result = short(line["right"])
        lines.append(f"  {line['name']:{width}} = " + (result if line["made"] == result else f"{line['made']} = {result}"))
        text = f"error {line['error']:.2g}, {allowed(line)}" if math.isfinite(line["theirs"]) else "no number"
        lines.append(f"  {'':{width}}   theirs {short(line['theirs'])}, {text}")
    if len(here) > MOST_LINES:
        lines.append(f"  (and {len(here) - MOST_LINES} more numbers of {stage})")
    later = Counter(line["stage"] for line in wrong if line not in here)
    if later:
        lines.append("  what follows from it is off as well: " + ", ".join(f"{name} ({n})" for name, n in later.items()))
    return lines


def allowed(line: dict[str, Any]) -> str:
    """Return what is allowed, and how many times that the error is."""
    if not line["allowance"]:
        return "and here none is allowed: every operation is exact"
    return f"allowed {line['allowance']:.2g}, ratio {line['error'] / line['allowance']:.2g}"


def right_by(case: dict[str, Any]) -> str:
    """Return the call that gives the right numbers of a case."""
    sizes = f"{case['n_inputs']}, {case['n_hidden']}, {case['n_outputs']}"
    names = ", ".join(f"{name}={case[name]!r}" for name in ("hidden", "output", "loss", "weights"))
    how = "".join(
        f", {name}={case[name]!r}"
        for name, default in (("reduction", "mean"), ("l2", 0.0), ("rule", "backpropagation"))
        if case[name] != default
    )
    return f"right by: reference.NeuralNetwork({sizes}, {names}).backward({case['inputs']}, {case['targets']}{how})"


def reproduction(record: dict[str, Any]) -> str:
    """Return the call that gives the same verdict again."""
    if "again" in record:  # a command
        return f"again: {record['again']}"
    setting, words = dict(record["setting"]), dict[str, str]()
    shown = {name: setting[name] for name in ("hidden", "output", "loss")}
    defaults = {"reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True, "steps": 1}
    shown |= {name: setting[name] for name, default in defaults.items() if setting[name] != default}
    if setting["optimizer"]:
        fields = dict(setting["optimizer"])
        made = {"sgd": "SGD", "rmsprop": "RMSProp", "adam": "Adam"}[fields.pop("name")]
        words["optimizer"] = f"reference.{made}({', '.join(f'{name}={value!r}' for name, value in fields.items())})"
    usual = {"batch": None, "sizes": None, "targets": "usual", "precision": None, "strict": False}
    shown |= {name: record[name] for name, default in usual.items() if record.get(name, default) != default}
    shown |= {name: record[name] for name in ("examples", "seed")}
    words = {name: repr(value) for name, value in shown.items()} | words
    return f"again: oracle.check(candidate, {', '.join(f'{name}={word}' for name, word in words.items())})"
