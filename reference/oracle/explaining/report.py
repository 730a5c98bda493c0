"""The report: a verdict's record as text."""

import math
from collections import Counter
from typing import Any

from reference.oracle.explaining.words import Statement
from reference.oracle.explaining.worked import Line, short
from reference.specification.names import OPTIMIZERS

MOST_LINES = 3
GRADES = {
    "exact": "AGREES: exact, every number equals that of the reference loops to the last bit",
    "within_bound": "AGREES: every number is within its proven bound",
    "textbook": "AGREES: a correct network that uses textbook formulas",
    "low_precision": "LOW PRECISION: close to the correct numbers, but with fewer digits",
    "another_convention": "ANOTHER CONVENTION: your step follows another convention than this check; it is not a mistake",
    "wrong": "WRONG",
    "undecided": "COULD NOT TELL",
}
USUAL: dict[str, object] = {
    "reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True, "steps": 1, "batch": None,
    "sizes": None, "targets": "usual", "precision": None, "strict": False,
}  # fmt: skip
STRICT = "DOES NOT AGREE, because of strict: a correct network, but its textbook formulas lose digits"


def report(record: dict[str, Any]) -> str:
    """Return the report of a record: the verdict, the explanation, the evidence, notes, and how to repeat the check."""
    strictly = record["grade"] == "textbook" and not record["agrees"]
    lines = [STRICT if strictly else GRADES[record["grade"]]]
    if record["why"]:
        lines.append(record["why"])
    lines += [note for note in record["notes"] if note.startswith("called again")]
    if record["grade"] == "wrong" and not record["why"]:
        lines += wrong_lines(record)
    if record["grade"] != "wrong" and "summary" in record:
        lines += summary_lines(record)
    lines += [f"consistent with {each['name']}: {each['note']}" for each in record.get("conventions", [])]
    lines += [f"note: {note}" for note in record["notes"] if not note.startswith("called again")]
    if record["agrees"] and (record["setting"] or {}).get("steps") == 1 and "weights" in record["summary"]["by_stage"]:
        lines.append("note: only the first step was checked; use steps=3 (--steps 3) to check more")
    if record["agrees"]:
        lines.append(
            "This does not prove that the network learns, that other sizes and settings are right, or that there is no "
            "mistake smaller than the allowed errors."
        )
    if record["counterexample"]:
        lines.append(right_call(record))
    if record["seed"] is not None or "again" in record:
        lines.append(reproduction(record))
    if record["grade"] == "wrong" and "summary" in record:
        lines += summary_lines(record)
    return "\n".join(lines)


def summary_lines(record: dict[str, Any]) -> list[str]:
    """Return how many numbers were checked, and how large the errors are."""
    summary, lines = record["summary"], []
    stages = ", ".join(f"{stage} {count:,}" for stage, count in summary["by_stage"].items())
    lines.append(
        f"{record['examples']} cases, {summary['judged']:,} numbers checked ({stages}), {summary['exact']:,} of them exact"
    )
    if record.get("accuracy"):
        lines += record["accuracy"].split("; ")
    worst = summary["worst"]
    if worst and worst["ratio"] > 1:  # another formula or precision: the ratio to this bound has no meaning
        return lines
    if worst and worst["ratio"] > 0:
        lines.append(
            f"closest to the allowed error: {worst['stage']}[{worst['at']}] of case {worst['case']} is "
            f"{short(worst['answer'])}, right {short(worst['right'])}, error {worst['error']:.2g}, "
            f"allowed {worst['allowance']:.2g}, ratio {worst['ratio']:.2g}"
        )
    lines.append(f"error / allowed error: mean {summary['mean']:.2g}, standard deviation {summary['spread']:.2g}")
    return lines


def wrong_lines(record: dict[str, Any]) -> list[str]:
    """Return the first wrong number, the likely mistakes, and the smallest network that shows them."""
    where = f"first wrong: {record['first_wrong']}, in case {record['first_wrong_case']}"
    lines = [f"{where}; {record['failing']} of {record['examples']} cases fail"]
    statements: list[Statement] = record["explanation"]
    mistakes = [each for each in statements if each["name"]]
    if mistakes:
        fresh = " and in 100 new cases" if record["fresh"] else ""
        noun, verb = ("this mistake", "explains") if len(mistakes) == 1 else (f"these {len(mistakes)} mistakes", "explain")
        coverage = f", which {verb} every number in all cases{fresh}" if record["complete"] else ""
        lines.append(f"consistent with {noun}{coverage}:")
    for number, each in enumerate(mistakes, 1):
        lines += statement_lines(each, f"{number}. " if len(mistakes) > 1 else "")
    lines += [each["explanation"] for each in statements if not each["name"]]
    return lines + smallest_lines(record)


def statement_lines(statement: Statement, number: str) -> list[str]:
    """Return a mistake in words, how to fix it, and its formulas."""
    name, wrong_ones, also = statement["name"] or "", statement["theirs"], ", ".join(statement["also"])
    lines = [f"  {number}{statement['explanation']}" + (f" ({name})" if name.isidentifier() else "")]
    lines += [f"    fix     {statement['fix']}"] if statement["fix"] else []
    some = 1 if len(wrong_ones) > 2 else len(wrong_ones)
    lines += [f"    yours   {text}" for text in wrong_ones[:some]]
    lines += [f"    right   {text}" for text in statement["right"][:some]]
    lines += [f"            (and {len(wrong_ones) - some} more formulas)"] if some < len(wrong_ones) else []
    return lines + ([f"    or      {also}, which gives the same numbers with these settings"] if also else [])


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network that still fails: some sums of the first wrong stage, and the later stages in one line."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0].partition(" ")[0]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that still fails: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    wrong: list[Line] = [line for line in record["worked"] if line.get("wrong")]
    here = [line for line in wrong if line["stage"] == stage] or wrong
    for line in here[:MOST_LINES]:
        result, answer = short(line["right"]), short(line["theirs"])
        lines.append(f"  {line['name']} = " + (result if line["made"] == result else f"{line['made']} = {result}"))
        if answer == result:
            answer = str(line["theirs"])
        lines.append(f"  {'':{len(line['name'])}}   yours {answer}{how_far(line)}")
    if len(here) > MOST_LINES:
        lines.append(f"  (and {len(here) - MOST_LINES} more)")
    later = Counter(line["stage"] for line in wrong if line not in here)
    if later:
        lines.append("  later numbers are wrong as a result: " + ", ".join(f"{name} ({n})" for name, n in later.items()))
    return lines


def how_far(line: Line) -> str:
    """Return the error and the allowed error if the error hardly shows in rounded numbers, or say that it is not finite."""
    if not math.isfinite(line["theirs"]):
        return ", not a finite number"
    if line["error"] > 1e-5 * abs(line["right"]):
        return ""
    return f", error {line['error']:.2g}, allowed {line['allowance']:.2g}"


# ---- calls that repeat the check


def call(function: str, *arguments: str, **named: str) -> str:
    """Return a call as text."""
    return f"{function}({', '.join([*arguments, *(f'{name}={word}' for name, word in named.items())])})"


def words_of(fields: dict[str, Any], *names: str) -> dict[str, str]:
    """Return some fields as text, without those that have the usual value."""
    return {name: repr(fields[name]) for name in names if name in fields and fields[name] != USUAL.get(name, ...)}


def optimizer_of(setting: dict[str, Any]) -> dict[str, str]:
    """Return the call that makes the optimizer, as an argument by name; empty if there is none."""
    if not setting["optimizer"]:
        return {}
    name = OPTIMIZERS[setting["optimizer"]["name"]]
    fields = {field: repr(value) for field, value in setting["optimizer"].items() if field != "name"}
    return {"optimizer": call(f"reference.{name}", **fields)}


def right_call(record: dict[str, Any]) -> str:
    """Return a line with the call that gives the right numbers of the smallest network."""
    case, setting, stage = record["counterexample"], record["setting"], (record["first_wrong"] or "").partition("[")[0]
    sizes = (str(case[name]) for name in ("n_inputs", "n_hidden", "n_outputs"))
    network = call("reference.NeuralNetwork", *sizes, **words_of(case, "hidden", "output", "loss", "weights"))
    how, inputs, targets = words_of(case, "reduction", "l2", "rule"), case["inputs"], case["targets"]
    if stage in ("h_sums", "h_nodes", "o_sums", "o_nodes"):
        return f"right numbers from: {network}.forward({inputs})"
    if stage != "weights":
        return f"right numbers from: {call(f'{network}.backward', str(inputs), str(targets), **how)}"
    if not isinstance(inputs[0], list):
        inputs, targets = [inputs], [targets]
    how["learning_rate"] = repr(setting["learning_rate"])
    if setting["steps"] > 1:
        how["epochs"] = repr(setting["steps"])
    step = call("network.train", str(inputs), str(targets), **how, **optimizer_of(setting))
    return f"right numbers from: network = {network}; {step}; network.weights"


def reproduction(record: dict[str, Any]) -> str:
    """Return a line with the call or the command that repeats the check."""
    if "again" in record:  # a command
        return f"repeat with: {record['again']}"
    setting = record["setting"]
    words = words_of(setting, "hidden", "output", "loss", "reduction", "l2", "rule", "learning_rate", "biases", "steps")
    words |= words_of(record, "batch", "sizes", "targets", "precision", "strict", "examples", "seed")
    return f"repeat with: {call('oracle.check', 'candidate', **words, **optimizer_of(setting))}"
