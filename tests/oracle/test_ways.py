"""Numbers get the same verdict whether they come from a function, a program or a file of answers."""

import json
import sys
from pathlib import Path

import pytest

from tests.command import ROOT, run
from tests.thorough import thorough

NET = """
import json, math, struct, sys

def rounded(x):
    return struct.unpack("f", struct.pack("f", x))[0] if {single} else x

def net(case):
    i, h, o, w = case["n_inputs"], case["n_hidden"], case["n_outputs"], case["weights"]
    f = {{"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh, "relu": lambda z: max(z, 0.0),
         "leaky_relu": lambda z: z if z > 0 else z / 100, "identity": lambda z: z}}
    rows = []
    one = not isinstance(case["inputs"][0], list)
    for x in [case["inputs"]] if one else case["inputs"]:
        z = [rounded(sum(x[a] * w[a * h + b] for a in range(i)) + {bias} * w[i * h + b]) for b in range(h)]
        nodes = [rounded(f[case["hidden"]](each)) for each in z]
        at = (i + 1) * h
        z = [rounded(sum(nodes[b] * w[at + b * o + c] for b in range(h)) + w[at + h * o + c]) for c in range(o)]
        if case["output"] == "softmax":
            powers = [math.exp(each) for each in z]
            rows.append([rounded(power / sum(powers)) for power in powers])
        else:
            rows.append([rounded(f[case["output"]](each)) for each in z])
    return {{"o_nodes": rows[0] if one else rows}}

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(net(json.loads(line))), flush=True)
"""


@pytest.mark.parametrize(
    ("single", "bias", "grades"),
    [(False, 0, {"wrong"}), *thorough((False, 1, {"exact", "within_bound"}), (True, 1, {"within_bound", "textbook"}))],
    ids=["a bias missing", "double", "single"],
)
def test_function_program_and_file_get_the_same_verdict(single: bool, bias: int, grades: set[str], tmp_path: Path) -> None:
    vectors = ROOT / "tests" / "oracle" / "vectors.jsonl"
    (tmp_path / "net.py").write_text(NET.format(single=single, bias=bias))
    space: dict[str, object] = {"__name__": "net"}
    exec((tmp_path / "net.py").read_text(), space)
    questions = [json.loads(line) for line in vectors.read_text().splitlines()[1:]]
    answers = [json.dumps(space["net"](question)) for question in questions]  # type: ignore[operator]
    (tmp_path / "answers.jsonl").write_text("\n".join(answers) + "\n")
    ways = [["--answers", "answers.jsonl"], ["net.py:net"], ["--command", f"{sys.executable} net.py"]]
    outcomes = []
    for way in ways:
        result = run("reference", "check", "--vectors", vectors, *way, "--json", folder=tmp_path)
        record = json.loads(result.out)
        outcomes.append([result.status, *(record[name] for name in ("grade", "agrees", "first_wrong", "summary"))])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert outcomes[0][1] in grades
