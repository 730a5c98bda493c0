"""The last lines of a report: how to get the right numbers, pass a case to a program, and repeat the check."""

import json
import shlex
from typing import Any

from reference.oracle.cases import QUESTION_FIELDS
from reference.specification.messages import printable
from reference.specification.names import OPTIMIZERS

DEFAULTS: dict[str, object] = {
    "reduction": "mean", "l2": 0.0, "rule": "backpropagation", "learning_rate": 0.1, "biases": True, "steps": 1, "batch": None,
    "sizes": None, "targets": "usual", "precision": None, "strict": False,
}  # fmt: skip


def call(function: str, *arguments: str, **keywords: str) -> str:
    """Return a call as text."""
    return f"{function}({', '.join([*arguments, *(f'{name}={text}' for name, text in keywords.items())])})"


def words_of(fields: dict[str, Any], *names: str) -> dict[str, str]:
    """Return these fields as text, without default values."""
    return {name: repr(fields[name]) for name in names if name in fields and fields[name] != DEFAULTS.get(name, ...)}


def optimizer_of(setting: dict[str, Any]) -> dict[str, str]:
    """Return the keyword argument `optimizer` as text, or {} if the setting has no optimizer."""
    if not setting["optimizer"]:
        return {}
    name = OPTIMIZERS[setting["optimizer"]["name"]]
    fields = {field: repr(value) for field, value in setting["optimizer"].items() if field != "name"}
    return {"optimizer": call(f"reference.{name}", **fields)}


def right_call(record: dict[str, Any]) -> str:
    """Return the line with the call that computes the right numbers of the counterexample."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0]
    sizes = (str(case[name]) for name in ("n_inputs", "n_hidden", "n_outputs"))
    network = call("reference.NeuralNetwork", *sizes, **words_of(case, "hidden", "output", "loss", "weights"))
    options, inputs, targets = words_of(case, "reduction", "l2", "rule"), case["inputs"], case["targets"]
    if stage in ("h_sums", "h_nodes", "o_sums", "o_nodes"):
        return f"right numbers from: {network}.forward({inputs})"
    if stage != "weights":
        return f"right numbers from: {call(f'{network}.backward', str(inputs), str(targets), **options)}"
    if not isinstance(inputs[0], list):
        inputs, targets = [inputs], [targets]
    options["learning_rate"] = repr(case["learning_rate"])
    if case["steps"] > 1:
        options["epochs"] = repr(case["steps"])
    training = call("network.train", str(inputs), str(targets), **options, **optimizer_of(case))
    return f"right numbers from: network = {network}; {training}; network.weights"


def reproduction(record: dict[str, Any]) -> str:
    """Return the line with the call or the command that repeats the check."""
    if "again" in record:  # the check was started from the command line
        return f"repeat with: {record['again']}"
    setting = record["setting"]
    words = words_of(setting, "hidden", "output", "loss", "reduction", "l2", "rule", "learning_rate", "biases", "steps")
    words |= words_of(record, "batch", "sizes", "targets", "precision", "strict", "examples", "seed")
    return f"repeat with: {call('oracle.check', 'candidate', **words, **optimizer_of(setting))}"


def replay_command(command: str, case: dict[str, Any]) -> str:
    """Return the line for a POSIX shell that passes one case to a program."""
    question = json.dumps({name: case[name] for name in QUESTION_FIELDS})
    return printable(f"echo {shlex.quote(question)} | {shlex.join(shlex.split(command))}")
