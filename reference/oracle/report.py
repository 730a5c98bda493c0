"""The report: a verdict's record as a person reads it."""

import math
from collections import Counter
from typing import Any

from reference.oracle.worked import short

MOST_LINES = 3
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
    if record["grade"] != "wrong" and "summary" in record:
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
        lines.append(right_by(record))
    if record["seed"] is not None or "again" in record:
        lines.append(reproduction(record))
    if record["grade"] == "wrong" and "summary" in record:
        lines += summary_lines(record)
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
    return lines


def wrong_lines(record: dict[str, Any]) -> list[str]:
    """Return where it goes wrong, what that is consistent with, and the smallest network that shows it."""
    where = f"first wrong: {record['first_wrong']}, in case {record['first_wrong_case']}"
    lines = [f"{where}; {record['failing']} of {record['examples']} cases fail"]
    named = [found for found in record["explanation"] if found["name"]]
    if named:
        fresh = " and of 100 fresh ones" if record["fresh"] else ""
        all_of_it = f", which gives all numbers of all cases{fresh}" if record["complete"] else ""
        lines.append(f"consistent with {'this mistake' if len(named) == 1 else f'these {len(named)} mistakes'}{all_of_it}:")
    for number, found in enumerate(named, 1):
        lines += statement_lines(found, f"{number}. " if len(named) > 1 else "")
    lines += [found["explanation"] for found in record["explanation"] if not found["name"]]
    return lines + smallest_lines(record)


def statement_lines(found: dict[str, Any], number: str) -> list[str]:
    """Return a mistake: in words, how to mend it, and its formulas."""
    named = f" ({found['name']})" if found["name"].isidentifier() else ""
    lines = [f"  {number}{found['explanation']}{named}"]
    lines += [f"    do      {found['fix']}"] if found["fix"] else []
    some = 1 if len(found["theirs"]) > 2 else len(found["theirs"])
    lines += [f"    theirs  {text}" for text in found["theirs"][:some]]
    lines += [f"    right   {text}" for text in found["right"][:some]]
    lines += ["            and so in the other blocks"] if some < len(found["theirs"]) else []
    also = found["also"]
    return lines + ([f"    or      {', '.join(also)}: for these settings that is the same"] if also else [])


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network that still fails, the first wrong stage as the sums it is, and the later ones in one line."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0].partition(" ")[0]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that shows it: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    wrong = [line for line in record["worked"] if line.get("wrong")]
    here = [line for line in wrong if line["stage"] == stage] or wrong
    for line in here[:MOST_LINES]:
        result = short(line["right"])
        lines.append(f"  {line['name']} = " + (result if line["made"] == result else f"{line['made']} = {result}"))
        alike = short(line["theirs"]) == result
        lines.append(f"  {'':{len(line['name'])}}   theirs {line['theirs'] if alike else short(line['theirs'])}{how_far(line)}")
    if len(here) > MOST_LINES:
        lines.append(f"  (and {len(here) - MOST_LINES} more numbers)")
    later = Counter(line["stage"] for line in wrong if line not in here)
    if later:
        lines.append("  what follows from it is off as well: " + ", ".join(f"{name} ({n})" for name, n in later.items()))
    return lines


def how_far(line: dict[str, Any]) -> str:
    """Return the error and what is allowed, where a reader could not see the difference."""
    if not math.isfinite(line["theirs"]):
        return ", no number"
    if line["error"] > 1e-5 * abs(line["right"]):
        return ""
    return f", error {line['error']:.2g}, allowed {line['allowance']:.2g}"


def right_by(record: dict[str, Any]) -> str:
    """Return the call that gives the right numbers of the smallest network."""
    case, setting = record["counterexample"], record["setting"]
    sizes = f"{case['n_inputs']}, {case['n_hidden']}, {case['n_outputs']}"
    names = ", ".join(f"{name}={case[name]!r}" for name in ("hidden", "output", "loss", "weights"))
    defaults = {"reduction": "mean", "l2": 0.0, "rule": "backpropagation"}
    how = "".join(f", {name}={case[name]!r}" for name, default in defaults.items() if case[name] != default)
    network, stage = f"reference.NeuralNetwork({sizes}, {names})", (record["first_wrong"] or "").partition("[")[0]
    if stage in ("h_sums", "h_nodes", "o_sums", "o_nodes"):
        return f"right by: {network}.forward({case['inputs']})"
    if stage != "weights":
        return f"right by: {network}.backward({case['inputs']}, {case['targets']}{how})"
    one = not isinstance(case["inputs"][0], list)
    rows = f"{[case['inputs']] if one else case['inputs']}, {[case['targets']] if one else case['targets']}"
    how += f", learning_rate={setting['learning_rate']}" + (f", epochs={setting['steps']}" if setting["steps"] > 1 else "")
    how += f", optimizer={optimizer_of(setting)}" if setting["optimizer"] else ""
    return f"right by: network = {network}; network.train({rows}{how}); network.weights"


def optimizer_of(setting: dict[str, Any]) -> str:
    """Return the call that makes an optimizer."""
    fields = dict(setting["optimizer"])
    made = {"sgd": "SGD", "rmsprop": "RMSProp", "adam": "Adam"}[fields.pop("name")]
    return f"reference.{made}({', '.join(f'{name}={value!r}' for name, value in fields.items())})"


def reproduction(record: dict[str, Any]) -> str:
    """Return the call that gives the same verdict again."""
    if "again" in record:  # a command
        return f"again: {record['again']}"
    setting, words = dict(record["setting"]), dict[str, str]()
    shown = {name: setting[name] for name in ("hidden", "output", "loss")}
    defaults = {"reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True, "steps": 1}
    shown |= {name: setting[name] for name, default in defaults.items() if setting[name] != default}
    if setting["optimizer"]:
        words["optimizer"] = optimizer_of(setting)
    usual = {"batch": None, "sizes": None, "targets": "usual", "precision": None, "strict": False}
    shown |= {name: record[name] for name, default in usual.items() if record.get(name, default) != default}
    shown |= {name: record[name] for name in ("examples", "seed")}
    words = {name: repr(value) for name, value in shown.items()} | words
    return f"again: oracle.check(candidate, {', '.join(f'{name}={word}' for name, word in words.items())})"
