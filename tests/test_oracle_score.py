"""A slice of the oracle's score: mistakes caught and named, right variants not; and a score that tells when that is not so."""

import argparse
from typing import Any

import pytest

from reference.kinds import Number
from reference.oracle import score
from reference.oracle.mistakes import MISTAKES
from reference.oracle.score import Answering, Caught, Graded, Job, Single, Truncating, Variant, asking
from reference.oracle.steps import Network
from tests.thorough import but_thorough

SLICE = (
    asking("sigmoid", "sigmoid", "half_squared_error", 3, reduction="sum", optimizer=score.STEPS["nesterov"]),
    asking("tanh", "softmax", "cross_entropy", l2=0.25),
)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask few cases."""
    monkeypatch.setattr(score, "CASES", 10)
    monkeypatch.setattr(score, "FRESH", 4)


@pytest.mark.thorough
@pytest.mark.parametrize("where", SLICE, ids=str)
def test_every_mistake_is_caught_and_named_within_its_class(where: score.Asking) -> None:
    found = score.done(Job(where, "all"))
    assert len(found) > 60
    assert list(score.failures(found)) == []


@pytest.mark.thorough
@pytest.mark.parametrize("view", ["outputs", "gradient", "weights"])
def test_every_mistake_is_caught_where_little_is_answered(view: str) -> None:
    found = score.done(Job(SLICE[0], view))
    assert len(found) > 20
    assert list(score.failures(found)) == []


VARIANTS = [name for name in score.variants(("reference", "vectorized")) if "truncated" not in name]


@pytest.mark.parametrize("name", but_thorough(VARIANTS, *(name for name in VARIANTS if "single" in name)))
def test_no_right_variant_is_called_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "CASES", 6)
    where = SLICE[list(score.variants(())).index(name) % 2 if name in score.variants(()) else 1]
    found = score.done(Job(where, variant=name, twins=("reference", "vectorized")))
    assert list(score.failures(found)) == []


@pytest.mark.thorough
@pytest.mark.parametrize("where", SLICE, ids=str)
def test_errors_lean_where_sums_are_cut_off_and_nowhere_else(where: score.Asking) -> None:
    own, cut = (where.verdict(Answering(Network, number), examples=150) for number in (float, Truncating))
    assert abs(own.record["summary"]["lean"]) < -score.LEAN
    assert cut.record["summary"]["lean"] < score.LEAN


def test_a_mistake_counts_where_it_changes_an_answer() -> None:
    one = asking("relu", "identity", "half_squared_error")
    many = asking("relu", "identity", "half_squared_error", 3)
    alone, together = score.applying(one, "all"), score.applying(many, "all")
    assert "gradient_reduced_otherwise" not in alone
    assert "gradient_reduced_otherwise" in together
    assert not {"softmax_not_normalised", "logistic_clamped", "adam_counts_from_two", "penalty_on_biases"} & set(together)
    assert set(score.applying(one, "outputs")) < set(alone)


def test_what_goes_wrong_is_told() -> None:
    where = asking("sigmoid", "softmax", "cross_entropy")
    missed = Caught("h_biases_missing", where, "all", "within_bound", (), (), None)
    confused = Caught("h_biases_missing", where, "all", "wrong", ("h_biases_missing", "loss_twice"), ("loss_twice",), None)
    unnamed = Caught("h_biases_missing", where, "all", "wrong", (), (), None)
    good = Caught("h_biases_missing", where, "all", "wrong", ("h_biases_missing",), (), 3)
    alarm = Graded("pairwise", where, "wrong", ("graded wrong",))
    told = list(score.failures([missed, confused, unnamed, good, alarm]))
    assert [line.split(":")[0] for line in told] == ["not caught", "not named", "not named", "false alarm"]
    assert "hidden='sigmoid', output='softmax'" in told[0]
    assert "no equals: loss_twice" in told[1]
    rows = {row[0]: row for row in score.mistake_rows([missed, confused, unnamed, good])}
    assert rows["h_biases_missing"] == ["h_biases_missing", "4", "3", "2", "1", "3"]


def test_a_wrong_network_among_the_variants_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Variant(lambda: Answering(MISTAKES["h_biases_missing"].network), score.CLOSE)
    monkeypatch.setattr(score, "variants", lambda twins: {"wrong": wrong})
    (found,) = score.done(Job(SLICE[1], variant="wrong"))
    assert (found.grade, found.alarms) == ("wrong", ("graded wrong",))


def test_a_mistake_that_the_catalogue_mistakes_for_another_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MISTAKES["h_biases_missing"]
    monkeypatch.setitem(MISTAKES, "h_biases_missing", right._replace(network=MISTAKES["h_biases_twice"].network))
    found = score.looked_for(SLICE[1], "all", "h_biases_missing", False)
    assert found.named  # the two are now one: a class
    assert not found.strangers
    assert set(found.names) == {"h_biases_missing", "h_biases_twice"}


@pytest.mark.parametrize(
    ("number", "x", "kept"), [(Single, 0.1, 0.10000000149011612), (Single, 1e39, float("inf")), (Truncating, 0.1, 0.1)]
)
def test_numbers_round_to_their_precision(number: type[Any], x: float, kept: float) -> None:
    assert float(number(x)) == kept


def test_a_truncated_sum_is_never_farther_from_0_than_the_exact_one() -> None:
    up, down = Truncating(1.0) + 3 * 2.0**-54, Truncating(1.0) - 2.0**-54
    assert (float(up), float(down)) == (1.0, 1.0 - 2.0**-53)
    assert float(Truncating(-1.0) - 3 * 2.0**-54) == -1.0
    assert float(Truncating(0.5) + 0.25) == 0.75


@pytest.mark.parametrize("order", score.ORDERS)
def test_every_order_adds_up_the_same_terms(order: str) -> None:
    terms: list[Number] = [float(2**n) for n in range(7)]
    assert score.ORDERS[order](terms) == 127.0
    assert score.ORDERS[order](terms[:1]) == 1.0


def test_an_order_of_summation_is_right_on_whole_numbers() -> None:
    where = asking("relu", "identity", "squared_error", 3, reduction="sum", l2=0.5)
    whole = [case for case in where.cases(20) if case.purpose == "integers"]
    for order in score.ORDERS:
        for first in (False, True):
            network = type("Ordered", (score.OtherOrder,), {"order": order, "bias_first": first})
            for case in whole:
                assert network(case).answers() == Network(case).answers()


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, found: list[Any], **how: bool) -> tuple[int, str]:
    """Return status and output of the command for these outcomes."""
    monkeypatch.setattr(score, "score", lambda quick, twins: found)
    options = argparse.Namespace(**{"quick": True, "markdown": False, **how})
    return score.run((), options), capsys.readouterr().out


def test_the_command_prints_tables_and_tells_by_its_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good: list[Any] = [Caught("h_biases_missing", SLICE[1], "all", "wrong", ("h_biases_missing",), (), 3)]
    good.append(Graded("pairwise", SLICE[1], "within_bound", ()))
    status, out = run(capsys, monkeypatch, good)
    assert status == 0
    assert "named in its class" in out
    assert all(name in out for name in MISTAKES)
    status, out = run(capsys, monkeypatch, good, markdown=True)
    assert status == 0
    assert "| all stages | 1 | 1 | 1 | 1 | 3 |" in out
    assert "| pairwise | · | 1 | · | · | · | · | 0 |" in out
    status, out = run(capsys, monkeypatch, [*good, good[0]._replace(grade="within_bound")])
    assert (status, "not caught: h_biases_missing" in out) == (1, True)


@pytest.mark.thorough
def test_the_work_covers_every_mistake_and_every_variant() -> None:
    work = score.jobs(False, ("reference",))
    places = [job.where for job in work if job.view == "all"]
    assert places == score.settings(False)
    seen: set[str] = set()
    for where in places:
        seen.update(score.applying(where, "all"))
    assert seen == set(MISTAKES)
    assert {job.variant for job in work if job.variant} == set(score.variants(("reference",)))
    assert {place.setting.hidden for place in places} == set(score.HIDDEN)
