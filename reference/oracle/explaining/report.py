"""The report: a verdict's record as a person reads it."""

import math
from collections import Counter
from typing import Any

from reference.oracle.explaining.words import Statement
from reference.oracle.explaining.worked import Line, short
from reference.specification.names import OPTIMIZERS

MOST_LINES = 3
GRADES = {
    "exact": "AGREES: exact, every number equals that of the reference loops to the last bit",
    "within_bound": "AGREES: within the proven bound of every number",
    "textbook": "AGREES: a right network, by textbook formulas",
    "low_precision": "LOW PRECISION: near the right numbers, and no listed formula explains the rest; if it prints them, print "
    "17 digits",
    "another_convention": "ANOTHER CONVENTION: the step is written differently here; this is a convention, not a slip",
    "wrong": "WRONG",
    "undecided": "COULD NOT TELL",
}
USUAL: dict[str, object] = {
    "reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True, "steps": 1, "batch": None,
    "sizes": None, "targets": "usual", "precision": None, "strict": False,
}  # fmt: skip
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
    statements: list[Statement] = record["explanation"]
    mistakes = [each for each in statements if each["name"]]
    if mistakes:
        fresh = " and of 100 fresh ones" if record["fresh"] else ""
        all_of_it = f", which gives all numbers of all cases{fresh}" if record["complete"] else ""
        what = "this mistake" if len(mistakes) == 1 else f"these {len(mistakes)} mistakes"
        lines.append(f"consistent with {what}{all_of_it}:")
    for number, each in enumerate(mistakes, 1):
        lines += statement_lines(each, f"{number}. " if len(mistakes) > 1 else "")
    lines += [each["explanation"] for each in statements if not each["name"]]
    return lines + smallest_lines(record)


def statement_lines(statement: Statement, number: str) -> list[str]:
    """Return a mistake: in words, how to mend it, and its formulas."""
    name, wrong_ones, also = statement["name"] or "", statement["theirs"], ", ".join(statement["also"])
    lines = [f"  {number}{statement['explanation']}" + (f" ({name})" if name.isidentifier() else "")]
    lines += [f"    do      {statement['fix']}"] if statement["fix"] else []
    some = 1 if len(wrong_ones) > 2 else len(wrong_ones)
    lines += [f"    theirs  {text}" for text in wrong_ones[:some]]
    lines += [f"    right   {text}" for text in statement["right"][:some]]
    lines += ["            and so in the other blocks"] if some < len(wrong_ones) else []
    return lines + ([f"    or      {also}: for these settings that is the same"] if also else [])


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network that still fails, the first wrong stage as the sums it is, and the later ones in one line."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0].partition(" ")[0]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that shows it: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    wrong: list[Line] = [line for line in record["worked"] if line.get("wrong")]
    here = [line for line in wrong if line["stage"] == stage] or wrong
    for line in here[:MOST_LINES]:
        result, answer = short(line["right"]), short(line["theirs"])
        lines.append(f"  {line['name']} = " + (result if line["made"] == result else f"{line['made']} = {result}"))
        if answer == result:
            answer = str(line["theirs"])
        lines.append(f"  {'':{len(line['name'])}}   theirs {answer}{how_far(line)}")
    if len(here) > MOST_LINES:
        lines.append(f"  (and {len(here) - MOST_LINES} more numbers)")
    later = Counter(line["stage"] for line in wrong if line not in here)
    if later:
        lines.append("  what follows from it is off as well: " + ", ".join(f"{name} ({n})" for name, n in later.items()))
    return lines


def how_far(line: Line) -> str:
    """Return the error and what is allowed, where a reader could not see the difference."""
    if not math.isfinite(line["theirs"]):
        return ", no number"
    if line["error"] > 1e-5 * abs(line["right"]):
        return ""
    return f", error {line['error']:.2g}, allowed {line['allowance']:.2g}"


# ---- calls that show it again


def call(function: str, *arguments: str, **named: str) -> str:
    """Return a call as text."""
    return f"{function}({', '.join([*arguments, *(f'{name}={word}' for name, word in named.items())])})"


def words_of(fields: dict[str, Any], *names: str) -> dict[str, str]:
    """Return the words of some fields, without those that are as usual."""
    return {name: repr(fields[name]) for name in names if name in fields and fields[name] != USUAL.get(name, ...)}


def optimizer_of(setting: dict[str, Any]) -> dict[str, str]:
    """Return the call that makes an optimizer, if there is one."""
    if not setting["optimizer"]:
        return {}
    name = OPTIMIZERS[setting["optimizer"]["name"]]
    fields = {field: repr(value) for field, value in setting["optimizer"].items() if field != "name"}
    return {"optimizer": call(f"reference.{name}", **fields)}


def right_by(record: dict[str, Any]) -> str:
    """Return the call that gives the right numbers of the smallest network."""
    case, setting, stage = record["counterexample"], record["setting"], (record["first_wrong"] or "").partition("[")[0]
    sizes = (str(case[name]) for name in ("n_inputs", "n_hidden", "n_outputs"))
    network = call("reference.NeuralNetwork", *sizes, **words_of(case, "hidden", "output", "loss", "weights"))
    how, inputs, targets = words_of(case, "reduction", "l2", "rule"), case["inputs"], case["targets"]
    if stage in ("h_sums", "h_nodes", "o_sums", "o_nodes"):
        return f"right by: {network}.forward({inputs})"
    if stage != "weights":
        return f"right by: {call(f'{network}.backward', str(inputs), str(targets), **how)}"
    if not isinstance(inputs[0], list):
        inputs, targets = [inputs], [targets]
    how["learning_rate"] = repr(setting["learning_rate"])
    if setting["steps"] > 1:
        how["epochs"] = repr(setting["steps"])
    step = call("network.train", str(inputs), str(targets), **how, **optimizer_of(setting))
    return f"right by: network = {network}; {step}; network.weights"


def reproduction(record: dict[str, Any]) -> str:
    """Return the call that gives the same verdict again."""
    if "again" in record:  # a command
        return f"again: {record['again']}"
    setting = record["setting"]
    words = words_of(setting, "hidden", "output", "loss", "reduction", "l2", "rule", "learning_rate", "biases", "steps")
    words |= words_of(record, "batch", "sizes", "targets", "precision", "strict", "examples", "seed")
    return f"again: {call('oracle.check', 'candidate', **words, **optimizer_of(setting))}"
