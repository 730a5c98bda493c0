"""The checks that a user calls. They return a verdict, or raise an AssertionError."""

from typing import Any

from reference.optimizers import SGD, Adam, RMSProp
from reference.oracle.answers import Candidate
from reference.oracle.cases import Case, cases
from reference.oracle.decide import verdict_on
from reference.oracle.settings import setting_of, sizes_of
from reference.oracle.verdict import Verdict, record_of
from reference.specification.names import DTYPES, TARGETS, one_of
from reference.specification.parameters import whole_number, yes_or_no


def check(
    candidate: Candidate,
    *,
    hidden: str = "sigmoid",
    output: str = "softmax",
    loss: str | None = None,
    reduction: str = "mean",
    l2: float = 0.0,
    rule: str = "backpropagation",
    optimizer: str | SGD | RMSProp | Adam | None = None,
    learning_rate: float = 0.1,
    steps: int = 1,
    biases: bool = True,
    batch: int | None = None,
    examples: int = 200,
    seed: int = 0,
    sizes: tuple[int, int, int] | None = None,
    precision: str | None = None,
    targets: str = "usual",
    strict: bool = False,
) -> Verdict:
    """Call a candidate with cases drawn from a seed, and judge every number that it returns.

    Parameters
    ----------
    candidate : a function of one case. The fields of a case are n_inputs, n_hidden, n_outputs, hidden, output, loss, reduction,
        l2, rule, optimizer, learning_rate, steps, weights (the flat vector), inputs and targets. The function returns its
        outputs, or a mapping with any of h_sums, h_nodes, o_sums, o_nodes, loss, o_deltas, h_deltas, gradient, and weights
        (after one step; with more steps, one row for each step). Only what it returns is judged.
    hidden, output, loss, reduction, l2, rule, learning_rate : as in `reference.NeuralNetwork`; a loss of None is
        cross_entropy for softmax, else half_squared_error
    optimizer : None for plain gradient descent, "sgd", "rmsprop", "adam", or one of reference's optimizers
    steps : the number of training steps on the same batch. The right weights of each later step are computed from
        the weights that the candidate returned for the step before. All stages except the weights belong to the first step
    biases : False sets all biases to 0, and does not judge their gradients and new values
    batch : None for one sample at a time, or the number of rows in a batch
    examples, seed, sizes : the number of cases, their seed, and fixed sizes (n_inputs, n_hidden, n_outputs), or None: random
    precision : which stages may be in single precision. "float32" allows it in all stages, "float64" in none. None allows it in
        a stage whose numbers are nearly all single-precision numbers, and in all later stages
    targets : "usual" are the targets that people use: one-hot rows for softmax with cross-entropy, zeros and ones for sigmoid
        outputs with cross-entropy, any numbers for squared errors. "distribution" are rows that add up to 1. "any" are numbers
        between 0 and 1 for cross-entropy, and any numbers for squared errors
    strict : True accepts only numbers within the proven bound on rounding errors

    Returns
    -------
    Verdict : grade, agrees, first_wrong, diagnoses, counterexample and more. `str(verdict)` is the report. A right network
        has the grade "exact", "within_bound" or "textbook".

    Raises
    ------
    ValueError
        if a setting is not valid.

    >>> import reference
    >>> def candidate(case):
    ...     network = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden=case.hidden,
    ...                                       output=case.output, loss=case.loss, weights=case.weights)
    ...     return network.predict(case.inputs)
    >>> check(candidate, examples=20).grade
    'exact'
    """
    setting = setting_of(hidden, output, loss, reduction, l2, rule, optimizer, learning_rate, biases, steps)
    examples, seed = whole_number(examples, "examples", least=1), whole_number(seed, "seed")
    batch = None if batch is None else whole_number(batch, "batch", least=1)
    if precision is not None:
        one_of(DTYPES, precision, "precision")
    one_of(TARGETS, targets, "targets")
    yes_or_no(strict, "strict")
    drawn_cases = list(cases(setting, examples=examples, seed=seed, batch=batch, sizes=sizes_of(sizes), targets=targets))
    how = {"batch": batch, "examples": examples, "seed": seed, "sizes": sizes}
    return verdict_on(candidate, drawn_cases, record_of(setting, **how, precision=precision, targets=targets, strict=strict))


def assert_agrees(candidate: Candidate, **settings: Any) -> None:
    """Raise an AssertionError with the report, unless the candidate agrees. The settings are those of `check`."""
    verdict = check(candidate, **settings)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")


def assert_right(candidate: Candidate, case: Case) -> None:
    """Raise an AssertionError with the report, unless the candidate agrees on this case."""
    record = record_of(case.setting, batch=None if case.one else len(case.inputs), examples=1)
    verdict = verdict_on(candidate, [case], record, ask_more=False)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")
