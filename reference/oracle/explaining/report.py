"""The report: a verdict's record as text."""

import re
from typing import Any

from reference.oracle.explaining.calls import reproduction, right_call
from reference.oracle.explaining.counterexample import smallest_lines
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.words import Statement
from reference.oracle.explaining.worked import short

MOST_ALTERNATIVES = 2
FIRST = ("called again", "it raised an error in")  # notes that start with these words come before all other notes
GRADES = {
    "exact": "AGREES: exact, every number equals that of the reference loops to the last bit",
    "within_bound": "AGREES: every number is within its proven bound",
    "textbook": "AGREES: a correct network that uses textbook formulas",
    "low_precision": "LOW PRECISION: close to the correct numbers, but with fewer digits",
    "another_convention": "ANOTHER CONVENTION: your step follows another convention than this check; it is not a mistake",
    "wrong": "WRONG",
    "undecided": "COULD NOT TELL",
}
MEANINGS = {  # unusual functions in formulas
    "running": "each number of x plus those before it",
    "carried": "each number of x plus the numbers in the same place of all earlier samples",
    "but_last": "x with 0 in place of the last number",
    "but_first": "x with 0 in place of the first number",
    "first_alone": "x with 0 in place of all numbers but the first",
    "hot": "1 for the largest number of x, 0 for the others",
    "read_by_columns": "x stored as a flat list row by row, but read column by column",
    "stored_by_columns": "x stored as a flat list column by column, but read row by row",
}
STRICT = "DOES NOT AGREE, because of strict: a correct network, but its textbook formulas lose digits"


def report(record: dict[str, Any]) -> str:
    """Return the report on a verdict. `record` has the fields of the verdict."""
    strictly = record["grade"] == "textbook" and not record["agrees"]
    lines = [f"{STRICT if strictly else GRADES[record['grade']]} (grade: {record['grade']})"]
    if record["why"]:
        lines.append(record["why"])
    lines += [note for note in record["notes"] if note.startswith(FIRST)]
    if record["grade"] == "wrong" and not record["why"]:
        lines += wrong_lines(record)
    if record["grade"] != "wrong" and "summary" in record:
        lines += summary_lines(record)
    lines += [f"to keep the digits: {form}" for form in record["accurate_forms"]] if strictly else []
    lines += [f"consistent with {each['name']}: {each['note']}" for each in record.get("conventions", [])]
    lines += [f"note: {note}" for note in record["notes"] if not note.startswith(FIRST)]
    if record["agrees"] and (record["setting"] or {}).get("steps") == 1 and "weights" in record["summary"]["by_stage"]:
        lines.append("note: only the first step was checked; use steps=3 (--steps 3) to check more")
    if record["agrees"]:
        lines.append(
            "This does not prove that the network learns, that other sizes and settings are right, that no formula overflows "
            "at larger sums, or that there is no mistake smaller than the allowed errors."
        )
    if "replay" in record:
        lines.append(f"replay: {record['replay']}")
    elif record["grade"] == "wrong" and not record["why"]:
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
    if worst and worst["ratio"] > 1:
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
    """Return a mistake in words, its fix and its formulas."""
    name, wrong_ones, also = statement["name"] or "", statement["theirs"], statement["also"]
    lines = [f"  {number}{statement['explanation']}" + (f" ({name})" if name.isidentifier() else "")]
    lines += [f"    fix     {statement['fix']}"] if statement["fix"] else []
    some = 1 if len(wrong_ones) > 2 else len(wrong_ones)
    lines += [f"    yours   {text}" for text in wrong_ones[:some]]
    lines += [f"    right   {text}" for text in statement["right"][:some]]
    functions = re.findall(r"\w+(?=\()", " ".join(wrong_ones[:some]))
    lines += [f"    where   {each}(x) is {MEANINGS[each]}" for each in dict.fromkeys(functions) if each in MEANINGS]
    lines += [f"            (and {len(wrong_ones) - some} more formulas)"] if some < len(wrong_ones) else []
    lines += ["    other mistakes that give the same numbers in this check:"] if also else []
    lines += [f"      {MISTAKES[each].explanation} ({each})" for each in also[:MOST_ALTERNATIVES]]
    return lines + ([f"      and {len(also) - MOST_ALTERNATIVES} more"] if len(also) > MOST_ALTERNATIVES else [])
