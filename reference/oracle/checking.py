"""The checks that a user calls: they draw cases, ask a candidate about them, and give a verdict."""

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
    """Ask a candidate about networks drawn from a seed, and judge every number it answers.

    Parameters
    ----------
    candidate : function of one case, whose fields n_inputs, n_hidden, n_outputs, hidden, output, loss, reduction, l2,
        rule, optimizer, learning_rate, steps, weights (the flat vector), inputs and targets are plain numbers and lists. It
        returns its outputs, or a mapping with any of h_sums, h_nodes, o_sums, o_nodes, loss, o_deltas, h_deltas,
        gradient, and weights (after one step; for more steps a row after each). Only what it returns is judged.
    hidden, output, loss, reduction, l2, rule, learning_rate : as in `reference.NeuralNetwork`; a loss of None is
        cross_entropy for softmax, else half_squared_error
    optimizer : None for plain gradient descent, "sgd", "rmsprop", "adam", or one of reference's optimizers
    steps : how many steps on the same batch; each is judged from the candidate's own weights before it, and all stages
        but the weights are those of the first
    biases : False draws biases of zero and does not judge their gradient
    batch : None asks one sample at a time; a number asks batches of so many rows
    examples, seed, sizes : how many cases, which, and of which sizes if they are fixed
    precision : None accepts single precision from the first stage on that is computed in it, "float32" everywhere,
        "float64" nowhere
    targets : "usual" asks what a loss is used with: one row of zeros and a one for softmax with cross-entropy, zeros and
        ones for sigmoid outputs with it, any numbers for squared errors; "distribution" asks rows that add up to 1, "any"
        asks numbers between 0 and 1 for cross-entropy, else any
    strict : True asks for numbers within the proven bound; textbook formulas that lose digits do not agree then

    Returns
    -------
    Verdict : grade, agrees, first_wrong, diagnoses, counterexample; its text is the report. Right networks are "exact",
        "within_bound" or "textbook": these agree, however a textbook writes the formulas.

    Raises
    ------
    ValueError
        for a setting that cannot be.

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
    asked_cases = list(cases(setting, examples=examples, seed=seed, batch=batch, sizes=sizes_of(sizes), targets=targets))
    how = {"batch": batch, "examples": examples, "seed": seed, "sizes": sizes}
    return verdict_on(candidate, asked_cases, record_of(setting, **how, precision=precision, targets=targets, strict=strict))


def assert_agrees(candidate: Candidate, **settings: Any) -> None:
    """Raise AssertionError, whose message is the report, unless the candidate agrees; takes the settings of `check`."""
    verdict = check(candidate, **settings)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")


def assert_right(candidate: Candidate, case: Case) -> None:
    """Raise AssertionError, whose message is the report, unless the candidate is right on this very case."""
    record = record_of(case.setting, batch=None if case.one else len(case.inputs), examples=1)
    verdict = verdict_on(candidate, [case], record, more=False)
    if not verdict.agrees:
        raise AssertionError(f"\n{verdict}")
