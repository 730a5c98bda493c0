"""Messages of both packages, and how to print a text safely."""


def printable(text: str) -> str:
    r"""Return a text on one line, with all unprintable characters escaped.

    >>> print(printable("a" + chr(27) + "[31mb" + chr(10) + "c"))
    a\x1b[31mb\nc
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def not_finite(stage: str, node: int | None, sample: int | None, value: object) -> str:
    """Return e.g. 'h_sums[2] of sample 3 is inf: it overflows; scale the inputs or the weights down'."""
    entry = stage if node is None else f"{stage}[{node}]"
    of_sample = "" if sample is None else f" of sample {sample}"
    return f"{entry}{of_sample} is {value}: it overflows; scale the inputs or the weights down"


def weight_not_finite(stage: str, position: int, edge: str, value: object) -> str:
    """Return e.g. 'gradient[14] (b->h2) is inf: it overflows'."""
    return f"{stage}[{position}] ({edge}) is {value}: it overflows"


def divergence(epoch: int, batch: int, why: object) -> str:
    """Return the message for training that diverged."""
    return (
        f"training diverged in epoch {epoch}, batch {batch}: {str(why).split(';')[0]}. "
        "The weights are those of the last finite step; try a smaller learning_rate"
    )


EPOCH_OVERFLOWS = "the sum of the losses of all batches of this epoch overflows"
STEP_OVERFLOWS = "the optimizer's step overflows; scale the loss, the inputs or the learning_rate down"
