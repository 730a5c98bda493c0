"""The report: a verdict's record as a person reads it."""

from typing import Any

GRADES = {
    "exact": "AGREES: exact, every number is the very number of the reference loops",
    "within_bound": "AGREES: within the proven bound of every number",
    "low_precision": "LOW PRECISION: a right network, computed coarsely",
    "wrong": "WRONG",
    "undecided": "COULD NOT TELL",
}


def report(record: dict[str, Any]) -> str:
    """Return the report of a record."""
    lines = [GRADES[record["grade"]]]
    if record["why"]:
        lines.append(record["why"])
    if "summary" in record:
        lines += summary_lines(record)
    if record["grade"] == "wrong" and not record["why"]:
        lines += wrong_lines(record)
    lines += [f"note: {note}" for note in record["notes"]]
    if record["agrees"]:
        lines.append(
            "What a pass does not prove: that no mistake is smaller than the allowance, that other sizes and settings "
            "are right, that the network learns."
        )
    lines.append(reproduction(record))
    return "\n".join(lines)


def summary_lines(record: dict[str, Any]) -> list[str]:
    """Return how many numbers were judged and how close they came."""
    summary, lines = record["summary"], []
    stages = ", ".join(f"{stage} {count:,}" for stage, count in summary["by_stage"].items())
    lines.append(
        f"{record['examples']} cases, {summary['judged']:,} numbers judged ({stages}), {summary['exact']:,} equal to the bit"
    )
    if record.get("low_precision"):
        lines.append(record["low_precision"])
    worst = summary["worst"]
    if worst and worst["ratio"] > 0:
        lines.append(
            f"closest to its allowance: {worst['stage']}[{worst['at']}] of case {worst['case']}: {short(worst['answer'])} for "
            f"{short(worst['right'])}, error {worst['error']:.2g}, allowed {worst['allowance']:.2g}, ratio {worst['ratio']:.2g}"
        )
    lines.append(f"error/allowance: mean {summary['mean']:.2g}, spread {summary['spread']:.2g}")
    if abs(summary["lean"]) > 6:
        side = "towards 0: does it truncate?" if summary["lean"] < 0 else "away from 0"
        lines.append(f"the errors lean {side} ({abs(summary['lean']):.0f} standard errors)")
    return lines


def wrong_lines(record: dict[str, Any]) -> list[str]:
    """Return where it goes wrong, what that is consistent with, and the smallest network that shows it."""
    lines = [
        f"first wrong: {record['first_wrong']}, in case {record['first_wrong_case']}; {record['failing']} of {record['examples']} cases fail"
    ]
    if not record["diagnoses"]:
        lines.append("consistent with no mistake of the catalogue, nor with two of them at once")
    else:
        both = "both at once" if record["together"] else "either, for these settings" if len(record["diagnoses"]) > 1 else ""
        names = ", ".join(mistake["name"] for mistake in record["diagnoses"])
        lines.append(f"consistent with: {names}{f' ({both})' if both else ''}")
        for mistake in record["diagnoses"]:
            lines += [
                f"  {mistake['name']}: {mistake['explanation']}",
                f"    theirs  {mistake['wrong']}",
                f"    right   {mistake['right']}",
                f"    do      {mistake['fix']}",
            ]
    return lines + smallest_lines(record)


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network that still fails, with every stage."""
    case = record["counterexample"]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that shows it: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    width = max(len(entry["stage"]) for entry in record["worked"])
    for entry in record["worked"]:
        right = " ".join(map(short, entry["right"]))
        line = f"  {entry['stage']:{width}}  right {right}"
        if entry["theirs"] is not None:
            line += f"   theirs {' '.join(map(short, entry['theirs']))}"
            off = [
                f"error {e:.2g}, allowed {a:.2g}, ratio {e / a:.2g}" if a else f"error {e:.2g}, none allowed"
                for e, a in zip(entry.get("error", []), entry.get("allowance", []), strict=True)
                if e > a
            ]
            line += f"   {off[0]}" if off else ""
        lines.append(line)
    return lines


def reproduction(record: dict[str, Any]) -> str:
    """Return the call that gives the same verdict again."""
    setting = dict(record["setting"])
    shown = {name: setting[name] for name in ("hidden", "output", "loss")}
    defaults = {"reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True}
    shown |= {name: setting[name] for name, default in defaults.items() if setting[name] != default}
    if setting["optimizer"]:
        shown["optimizer"] = setting["optimizer"]["name"]
    shown |= {name: record[name] for name in ("batch", "sizes") if record[name] is not None}
    shown |= {name: record[name] for name in ("examples", "seed")}
    return f"again: oracle.check(candidate, {', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def short(x: float) -> str:
    """Return a number to six digits, whole ones as they are."""
    return f"{x:.6g}"
