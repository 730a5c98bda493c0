"""Networks in JAX: jax.grad in both precisions, vmap, forward mode. Their sizes are fixed, because JAX compiles each size."""

import functools
from typing import Any

from tests.oracle.corpus.entry import answer, entry

JAX = {"needs": ("jax",)}
SIZES = {"sizes": (3, 4, 3)}


def double(jax: Any) -> Any:
    """Return the context in which JAX computes in double precision."""
    return jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64()


@functools.cache
def functions(kind: str) -> Any:
    """Return functions: loss and gradients of a sample, loss and gradients of a batch, a sample's forward-mode gradient."""
    import jax
    import jax.numpy as jnp

    i, h, o = SIZES["sizes"]
    activation = {
        "sigmoid": jax.nn.sigmoid,
        "relu": jax.nn.relu,
        "maximum": lambda z: jnp.maximum(z, 0),
        "leaky": jax.nn.leaky_relu,
    }[kind]

    def sample_loss(w, zeros, x, t):
        """`zeros` is added to the sums, so the derivatives with respect to `zeros` are the deltas."""
        W1, b1, W2, b2 = jnp.split(w, [i * h, i * h + h, i * h + h + h * o])
        z1 = x @ W1.reshape(i, h) + b1 + zeros[:h]
        a1 = activation(z1)
        z2 = a1 @ W2.reshape(h, o) + b2 + zeros[h:]
        stages = {"h_sums": z1, "h_nodes": a1, "o_sums": z2, "o_nodes": jax.nn.softmax(z2)}
        return -jnp.sum(t * jax.nn.log_softmax(z2)), stages

    def batch_loss(w, zeros, x, t):
        losses, stages = jax.vmap(sample_loss, in_axes=(None, 0, 0, 0))(w, zeros, x, t)
        return jnp.mean(losses), stages

    derived = [jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)) for loss in (sample_loss, batch_loss)]
    return *derived, jax.jit(jax.jacfwd(lambda *arguments: sample_loss(*arguments)[0]))


def stages_of(case: Any, kind: str) -> dict[str, Any]:
    """Return the stages that jax.grad gives."""
    import jax.numpy as jnp

    n_hidden = case.n_hidden
    w, x, t = (jnp.array(values, dtype=float) for values in (case.weights, case.inputs, case.targets))
    zeros = jnp.zeros((*x.shape[:-1], n_hidden + case.n_outputs), w.dtype)
    (loss, stages), (gradient, deltas) = functions(kind)[x.ndim - 1](w, zeros, x, t)
    deltas = deltas * (len(x) if x.ndim == 2 else 1)
    return answer(case, stages, loss=loss, gradient=gradient, h_deltas=deltas[..., :n_hidden], o_deltas=deltas[..., n_hidden:])


@entry(SIZES, **JAX)
def jax_default_precision(case):
    """A JAX user who leaves the default: float32, value_and_grad of log_softmax."""
    return stages_of(case, "sigmoid")


@entry(SIZES, **JAX)
def jax_double(case):
    """A JAX user with enable_x64; the deltas are derivatives with respect to zeros added to the sums."""
    import jax

    with double(jax):
        return stages_of(case, "sigmoid")


@entry({**SIZES, "batch": 4, "hidden": "relu"}, **JAX)
def jax_vmap(case):
    """A JAX user: the loss of one sample, vmap over the batch, jax.nn.relu."""
    import jax

    with double(jax):
        return stages_of(case, "relu")


@entry({**SIZES, "hidden": "relu"}, **JAX)
def jax_maximum(case):
    """A JAX user who writes jnp.maximum(z, 0), whose slope at 0 is one half."""
    import jax

    with double(jax):
        return stages_of(case, "maximum")


@entry({**SIZES, "hidden": "leaky_relu"}, **JAX)
def jax_leaky_relu(case):
    """A JAX user of jax.nn.leaky_relu, whose slope at 0 is 1."""
    import jax

    with double(jax):
        return stages_of(case, "leaky")


@entry(SIZES, stages="gradient", **JAX)
def jax_forward_mode(case):
    """A JAX user who uses jacfwd in place of grad."""
    import jax
    import jax.numpy as jnp

    with double(jax):
        w, x, t = (jnp.array(values, dtype=float) for values in (case.weights, case.inputs, case.targets))
        return answer(case, gradient=functions("sigmoid")[2](w, jnp.zeros(case.n_hidden + case.n_outputs), x, t))
