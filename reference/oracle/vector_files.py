"""Read files of vectors (cases with right answers) and files of answers. Errors name the file and the wrong line."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from reference.layout import Layout
from reference.numbers.description import describe
from reference.numbers.kinds import FLOAT, exact_float
from reference.oracle.answers import Candidate, NoAnswer, WrongShape, read
from reference.oracle.candidates.child import LARGEST_ANSWER
from reference.oracle.candidates.program import answer_of, can_continue
from reference.oracle.cases import Case, Question
from reference.oracle.judging.expected import right
from reference.oracle.settings import OPTIMIZERS, fields_of, optimizer_of, setting_of
from reference.oracle.vectors import FIELDS, FORMAT, VERSION, hex_fields, right_fields, round_rights
from reference.specification.door import flat_vector, pair_of
from reference.specification.files import LARGEST_FILE, Path
from reference.specification.names import STAGES
from reference.specification.network_file import no_number, unique, whole_number_or_float
from reference.specification.parameters import whole_number


def read_vectors(path: Path) -> list[Case]:
    """Return the cases of a file of vectors. Raises ValueError if the file is not valid."""
    cases: list[Case] = []
    count = None
    for number, line in numbered_lines(path):
        try:
            fields = json_object(line)
            if count is None:
                count = count_in(fields)
            else:
                cases.append(case_of(fields, len(cases) + 1))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
    if count is None:
        raise ValueError(f"{path} is empty, expected a file of vectors")
    if count != len(cases):
        raise ValueError(f"{path} holds {len(cases)} vectors, but its first line says {count}")
    return cases


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number and text of each line that is not blank. Raises ValueError if a line or the file is too long."""
    size = 0
    with open(path, "rb") as file:
        for number, line in enumerate(iter(partial(file.readline, LARGEST_ANSWER + 1), b""), 1):
            size += len(line)
            if len(line) > LARGEST_ANSWER or size > LARGEST_FILE:
                limits = f"a line has at most {LARGEST_ANSWER >> 20} MiB, a file {LARGEST_FILE >> 20} MiB"
                raise ValueError(f"{path}, line {number}: {limits}; is this the right file?")
            if text := line.strip():
                yield number, text


def json_object(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line. Raises ValueError for anything else."""
    try:
        fields = json.loads(line, object_pairs_hook=unique, parse_int=whole_number_or_float, parse_constant=no_number)
    except RecursionError:
        raise ValueError("this is nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError(f"this is {describe(fields)}, expected a JSON object")
    return fields


def count_in(fields: dict[str, Any]) -> int:
    """Return the number of vectors from the first line. Raises ValueError if the file is no file of vectors."""
    for name, known in (("format", FORMAT), ("version", VERSION)):
        if fields.get(name) != known:
            raise ValueError(f"field {name!r} is {describe(fields.get(name))}, expected {known!r}; not a file of vectors")
    return whole_number(fields.get("vectors"), "field 'vectors'", least=1)


def case_of(fields: dict[str, Any], number: int) -> Case:
    """Return the case of a vector. Raises ValueError if a field is missing or unknown, or has a wrong value."""
    if names := sorted(FIELDS ^ set(fields)):
        raise ValueError(f"field {describe(names[0])} is {'missing' if names[0] in FIELDS else 'not known'}")
    if fields["vector"] != number:
        raise ValueError(f"this is vector {describe(fields['vector'])}, expected {number}")
    layout = Layout(fields["n_inputs"], fields["n_hidden"], fields["n_outputs"])
    words = {name: fields[name] for name in ("hidden", "output", "loss", "reduction", "l2", "rule", "learning_rate", "steps")}
    setting = setting_of(**words)._replace(optimizer=known_optimizer(fields["optimizer"]))
    weights = list(map(exact_float, flat_vector(fields["weights"], layout, FLOAT)[0]))
    *pair, one = pair_of(fields["inputs"], fields["targets"], layout, FLOAT)
    inputs, targets = ([[exact_float(x) for x in row] for row in rows] for rows in pair)
    case = Case(setting, layout, weights, inputs, targets, one, str(fields["purpose"]))
    question = case.question()
    for name, expected in (("hex", hex_fields(question)), ("right", right_fields(round_rights(right(case, STAGES))))):
        if fields[name] != expected:
            raise ValueError(f"field {name!r} does not fit the weights, inputs and targets of this line")
    return case


def known_optimizer(fields: Any) -> dict[str, Any] | None:
    """Return all fields of an optimizer, with defaults for missing ones. Raises ValueError if a field is not valid."""
    try:
        return fields and fields_of(optimizer_of(fields))
    except (TypeError, KeyError):
        raise ValueError(f"field 'optimizer' is {describe(fields)}, expected null or one of {', '.join(OPTIMIZERS)}") from None


def read_answers(path: Path, cases: list[Case]) -> list[object]:
    """Return the answers of a file, one per line, in the order of the vectors.

    A skipped case and an arithmetic error are returned as a NoAnswer. Any other line without an answer raises ValueError. So do
    too many or too few answers.
    """
    answers: list[object] = []
    for number, line in numbered_lines(path):
        if len(answers) == len(cases):
            raise ValueError(f"{path}, line {number}: this is one answer too many, there are {len(cases)} vectors")
        try:
            answers.append(answer_of(line))
            read(answers[-1], cases[len(answers) - 1], set())
        except WrongShape:
            pass  # a wrong shape is judged later
        except NoAnswer as error:
            if not can_continue(error):
                raise ValueError(f"{path}, line {number}: {error}") from None
            answers.append(error)
    if len(answers) < len(cases):
        raise ValueError(f"{path} holds {len(answers)} answers to {len(cases)} vectors")
    return answers


def ask_all(candidate: Candidate, cases: list[Case]) -> list[object]:
    """Return the answers of a candidate, with a NoAnswer for a missing answer. Stop early if the candidate cannot continue."""
    answers: list[object] = []
    for case in cases:
        try:
            answers.append(candidate(case.question()))
        except NoAnswer as error:
            answers.append(error)
            if not can_continue(error):
                break
    return answers


def replay(cases: list[Case], answers: list[object]) -> Candidate:
    """Return a candidate that gives these answers to these cases."""
    known = {json.dumps(case.question()): answer for case, answer in zip(cases, answers, strict=True)}

    def candidate(question: Question) -> object:
        answer = known[json.dumps(question)]
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    return candidate
