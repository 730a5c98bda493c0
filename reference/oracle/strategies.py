"""Draw cases with hypothesis, which also shrinks a failing case. An example:

    from hypothesis import given
    from reference import oracle
    from reference.oracle.strategies import cases

    @given(cases(hidden="tanh", output="softmax"))
    def test_my_network(case):
        oracle.assert_right(my_network, case)

The message shows the smallest failing case.
"""

from typing import Any

from hypothesis import strategies as st

from reference.layout import Layout
from reference.oracle.cases import Case, without_biases
from reference.oracle.settings import setting_of


@st.composite
def cases(draw: st.DrawFn, /, *, batch: int | None = None, largest: int = 4, **settings: Any) -> Case:
    """Draw a case with sizes from 1 to `largest`, and numbers from -2 to 2 that single precision holds exactly.

    `batch` is the number of rows in a batch, or None for one sample.
    `settings` are those of `oracle.check`: hidden, output, loss, reduction, l2, rule, optimizer, learning_rate, biases, steps.
    """
    setting = setting_of(**settings)
    size = st.integers(1, largest)
    layout = Layout(draw(size), draw(size), draw(size))
    number = st.integers(-1024, 1024).map(lambda n: n / 512)
    share = st.integers(0, 64).map(lambda n: n / 64)
    count = batch or 1

    def rows(entry: st.SearchStrategy[float], size: int) -> list[list[float]]:
        return [draw(st.lists(entry, min_size=size, max_size=size)) for _ in range(count)]

    weights = draw(st.lists(number, min_size=layout.n_weights, max_size=layout.n_weights))
    if not setting.biases:
        weights = without_biases(weights, layout)
    targets = rows(share if setting.loss == "cross_entropy" else number, layout.n_outputs)
    return Case(setting, layout, weights, rows(number, layout.n_inputs), targets, batch is None, "drawn by hypothesis")
