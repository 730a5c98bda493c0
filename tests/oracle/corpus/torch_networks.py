"""Networks in PyTorch: modules with autograd, tensors by hand, torch.func, and PyTorch's losses and optimizers."""

from typing import Any

import numpy as np

from reference import SGD, Adam, RMSProp
from tests.oracle.corpus.conventions import DECAY_DECOUPLED
from tests.oracle.corpus.entry import answer, entry, flat, matrices, n_steps, rows_or_one, samples
from tests.oracle.corpus.optimizers import with_steps

TORCH = {"needs": ("torch",)}
ALL = "h_sums h_nodes o_sums o_nodes loss o_deltas h_deltas gradient"


def module_of(case: Any, activation: Any, dtype: Any = None) -> Any:
    """Return nn.Sequential of two linear layers, whose weights are (out, in)."""
    import torch

    W1, b1, W2, b2 = matrices(case)
    model = torch.nn.Sequential(
        torch.nn.Linear(case.n_inputs, case.n_hidden), activation, torch.nn.Linear(case.n_hidden, case.n_outputs)
    ).to(dtype or torch.float64)
    with torch.no_grad():
        for parameter, block in zip(model.parameters(), (W1.T, b1, W2.T, b2), strict=True):
            parameter.copy_(torch.tensor(block))
    return model


def flat_of(parameters: Any) -> Any:
    """Return parameters, or their gradients, as the flat array."""
    W1, b1, W2, b2 = (parameter.detach().numpy() for parameter in parameters)
    return flat(W1.T, b1, W2.T, b2)


def by_autograd(case: Any, activation: Any, outputs: Any, loss_of: Any, dtype: Any = None) -> dict[str, Any]:
    """Return all stages; `loss_of(sums, nodes, targets)` returns one number."""
    import torch

    model = module_of(case, activation, dtype)
    x, t = (torch.tensor(rows, dtype=next(model.parameters()).dtype) for rows in samples(case))
    z1 = model[0](x)
    h = model[1](z1)
    z2 = model[2](h)
    z1.retain_grad()
    z2.retain_grad()
    y = outputs(z2)
    loss = loss_of(z2, y, t)
    loss.backward()
    scale = len(x) if case.reduction == "mean" else 1
    values = {"h_sums": z1, "h_nodes": h, "o_sums": z2, "o_nodes": y, "loss": loss}
    values |= {"o_deltas": z2.grad * scale, "h_deltas": z1.grad * scale}
    gradient = flat_of(parameter.grad for parameter in model.parameters())
    return answer(case, {name: value.detach().numpy() for name, value in values.items()}, gradient=gradient)


@entry({"hidden": "relu", "batch": 4}, {"hidden": "relu"}, **TORCH)
def torch_cross_entropy(case):
    """The PyTorch quickstart: nn.Linear, nn.ReLU, nn.CrossEntropyLoss of the class numbers, loss.backward()."""
    import torch

    criterion = torch.nn.CrossEntropyLoss()
    softmax = torch.nn.Softmax(dim=1)
    return by_autograd(case, torch.nn.ReLU(), softmax, lambda z, y, t: criterion(z, t.argmax(dim=1)))


@entry({"batch": 4}, {}, **TORCH)
def torch_default_precision(case):
    """A PyTorch user who leaves the default dtype: float32."""
    import torch

    criterion = torch.nn.CrossEntropyLoss()
    return by_autograd(
        case, torch.nn.Sigmoid(), lambda z: z.softmax(dim=1), lambda z, y, t: criterion(z, t), dtype=torch.float32
    )


@entry({"hidden": "tanh", "batch": 3, "reduction": "sum"}, **TORCH)
def torch_nll_of_log_softmax(case):
    """A user of nn.LogSoftmax and nn.NLLLoss(reduction="sum")."""
    import torch

    log_softmax, nll = torch.nn.LogSoftmax(dim=1), torch.nn.NLLLoss(reduction="sum")
    return by_autograd(
        case, torch.nn.Tanh(), lambda z: log_softmax(z).exp(), lambda z, y, t: nll(log_softmax(z), t.argmax(dim=1))
    )


@entry({"batch": 3}, {}, epsilon=1e-8, **TORCH)
def torch_epsilon_by_autograd(case):
    """A PyTorch user who distrusts the library's loss: -(t * log(softmax + 1e-8)), derived by autograd."""
    import torch

    return by_autograd(
        case,
        torch.nn.Sigmoid(),
        lambda z: torch.softmax(z, dim=1),
        lambda z, y, t: -(t * torch.log(y + 1e-8)).sum(dim=1).mean(),
    )


@entry({"batch": 3}, {}, epsilon=1e-7, **TORCH)
def torch_clamp_by_autograd(case):
    """A PyTorch user who comes from Keras: clamp(softmax, 1e-7, 1 - 1e-7), derived by autograd."""
    import torch

    return by_autograd(
        case,
        torch.nn.Sigmoid(),
        lambda z: torch.softmax(z, dim=1),
        lambda z, y, t: -(t * torch.clamp(y, 1e-7, 1 - 1e-7).log()).sum(dim=1).mean(),
    )


@entry({"output": "sigmoid", "loss": "cross_entropy"}, **TORCH)
def torch_bce_loss(case):
    """A user of nn.BCELoss, whose logarithms are at least -100 and whose y(1-y) is at least 1e-12."""
    import torch

    criterion = torch.nn.BCELoss(reduction="sum")
    return by_autograd(case, torch.nn.Sigmoid(), torch.sigmoid, lambda z, y, t: criterion(y, t))


@entry({"hidden": "tanh", "output": "sigmoid", "loss": "cross_entropy"}, **TORCH)
def torch_bce_with_logits(case):
    """A user of nn.BCEWithLogitsLoss."""
    import torch

    criterion = torch.nn.BCEWithLogitsLoss(reduction="sum")
    return by_autograd(case, torch.nn.Tanh(), torch.sigmoid, lambda z, y, t: criterion(z, t))


@entry({"hidden": "leaky_relu", "output": "identity", "loss": "mean_squared_error", "batch": 3}, **TORCH)
def torch_mse_loss(case):
    """A user of nn.MSELoss, the mean over samples and outputs, and nn.LeakyReLU."""
    import torch

    criterion = torch.nn.MSELoss()
    return by_autograd(case, torch.nn.LeakyReLU(), lambda z: z.clone(), lambda z, y, t: criterion(y, t))


@entry({"hidden": "relu"}, **TORCH)
def torch_maximum_by_autograd(case):
    """A user of torch.maximum(z, 0), whose slope at 0 is one half."""
    import torch

    class Ramp(torch.nn.Module):
        def forward(self, z):
            return torch.maximum(z, torch.zeros_like(z))

    criterion = torch.nn.CrossEntropyLoss()
    return by_autograd(case, Ramp(), lambda z: torch.softmax(z, dim=-1), lambda z, y, t: criterion(z, t))


@entry({"batch": 2}, {}, **TORCH)
def torch_by_hand(case):
    """A student who may not call backward(): tensors, mm and t()."""
    import torch

    (W1, b1, W2, b2), (x, t) = (tuple(map(torch.from_numpy, arrays)) for arrays in (matrices(case), samples(case)))
    z1 = x.mm(W1) + b1
    h = torch.sigmoid(z1)
    z2 = h.mm(W2) + b2
    y = torch.exp(z2) / torch.exp(z2).sum(dim=1, keepdim=True)
    loss = -(t * y.log()).sum(dim=1).mean()
    d2 = y - t
    d1 = d2.mm(W2.t()) * h * (1 - h)
    n = x.shape[0]
    parts = (x.t().mm(d1) / n, d1.sum(0) / n, h.t().mm(d2) / n, d2.sum(0) / n)
    return answer(
        case, dict(zip(ALL.split(), (z1, h, z2, y, loss, d2, d1, torch.cat([part.flatten() for part in parts])), strict=True))
    )


def functional_loss(weights: Any, x: Any, t: Any, sizes: tuple[int, int, int]) -> Any:
    """Return the mean loss of a tanh and softmax network, a pure function of the flat weights."""
    import torch

    i, h, o = sizes
    W1, b1, W2, b2 = weights.split([i * h, h, h * o, o])
    z = torch.tanh(x @ W1.view(i, h) + b1) @ W2.view(h, o) + b2
    return -(t * torch.log_softmax(z, dim=-1)).sum(dim=-1).mean()


@entry({"hidden": "tanh", "batch": 3}, {"hidden": "tanh"}, stages="loss gradient", **TORCH)
def torch_func_grad(case):
    """A functional programmer: torch.func.grad_and_value of a pure loss."""
    import torch

    arguments = (torch.tensor(values, dtype=torch.float64) for values in (case.weights, case.inputs, case.targets))
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    gradient, loss = torch.func.grad_and_value(functional_loss)(*arguments, sizes)
    return answer(case, loss=loss, gradient=gradient)


@entry({"hidden": "tanh", "batch": 3}, stages="gradient", **TORCH)
def torch_per_sample_gradients(case):
    """A user of differential privacy: vmap(grad), then the mean of the samples' gradients."""
    import torch

    weights, x, t = (torch.tensor(values, dtype=torch.float64) for values in (case.weights, case.inputs, case.targets))
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    per_sample = torch.func.vmap(torch.func.grad(functional_loss), in_dims=(None, 0, 0, None))(weights, x, t, sizes)
    return answer(case, gradient=per_sample.mean(dim=0))


def torch_steps(case: Any, make: Any) -> dict[str, Any]:
    """Return the weights after each step of a torch.optim optimizer on a sigmoid and softmax network."""
    import torch

    model = module_of(case, torch.nn.Sigmoid())
    x, t = map(torch.tensor, samples(case))
    weights, biases = (list(model.parameters())[at::2] for at in (0, 1))
    optimizer, rows = make(torch.optim, weights, biases), []
    for _ in range(n_steps(case)):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), t).backward()
        optimizer.step()
        rows.append(flat_of(model.parameters()))
    return answer(case, weights=rows_or_one(rows))


@entry(
    *with_steps({"optimizer": SGD(momentum=0.75)}, {"optimizer": SGD(momentum=0.75, nesterov=True)}, {"optimizer": SGD()}),
    stages="weights",
    **TORCH,
)
def torch_optim_sgd(case):
    """A user of torch.optim.SGD with momentum, Nesterov's or not."""
    o = case.optimizer
    settings = {"lr": case.learning_rate, "momentum": o["momentum"], "nesterov": o["nesterov"]}
    return torch_steps(case, lambda optim, weights, biases: optim.SGD(weights + biases, **settings))


@entry(*with_steps({"l2": 0.0625}), stages="weights", **TORCH)
def torch_optim_weight_decay(case):
    """A user of parameter groups: weight_decay for the matrices, none for the biases."""

    def make(optim, weights, biases):
        groups = [{"params": weights, "weight_decay": case.l2}, {"params": biases, "weight_decay": 0.0}]
        return optim.SGD(groups, lr=case.learning_rate)

    return torch_steps(case, make)


@entry(*with_steps({"optimizer": RMSProp()}, {"optimizer": RMSProp(decay=0.75, epsilon=2.0**-10)}), stages="weights", **TORCH)
def torch_optim_rmsprop(case):
    """A user of torch.optim.RMSprop."""
    o = case.optimizer
    settings = {"lr": case.learning_rate, "alpha": o["decay"], "eps": o["epsilon"]}
    return torch_steps(case, lambda optim, weights, biases: optim.RMSprop(weights + biases, **settings))


@entry(*with_steps({"optimizer": Adam()}, {"optimizer": Adam(epsilon=2.0**-10)}), stages="weights", **TORCH)
def torch_optim_adam(case):
    """A user of torch.optim.Adam."""
    o = case.optimizer
    settings = {"lr": case.learning_rate, "betas": (o["beta1"], o["beta2"]), "eps": o["epsilon"]}
    return torch_steps(case, lambda optim, weights, biases: optim.Adam(weights + biases, **settings))


@entry(*with_steps({"optimizer": Adam(epsilon=2.0**-10), "l2": 0.0625}), stages="weights", convention=DECAY_DECOUPLED, **TORCH)
def torch_optim_adamw(case):
    """A user of torch.optim.AdamW with parameter groups: weight_decay only for the matrices."""
    o = case.optimizer

    def make(optim, weights, biases):
        groups = [{"params": weights, "weight_decay": case.l2}, {"params": biases, "weight_decay": 0.0}]
        return optim.AdamW(groups, lr=case.learning_rate, betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])

    return torch_steps(case, make)


@entry({}, stages="o_nodes gradient", **TORCH)
def torch_numpy_mixture(case):
    """A mixer of libraries: forward in NumPy, gradient by autograd from the flat vector."""
    import torch

    w = torch.tensor(case.weights, dtype=torch.float64, requires_grad=True)
    i, h, o = case.n_inputs, case.n_hidden, case.n_outputs
    W1, b1, W2, b2 = w[: i * h].reshape(i, h), w[i * h : (i + 1) * h], w[(i + 1) * h : -o].reshape(h, o), w[-o:]
    z = torch.sigmoid(torch.tensor(case.inputs, dtype=torch.float64) @ W1 + b1) @ W2 + b2
    loss = torch.logsumexp(z, dim=0) - (torch.tensor(case.targets, dtype=torch.float64) * z).sum()
    (gradient,) = torch.autograd.grad(loss, w)
    scores = np.exp(z.detach().numpy())
    return answer(case, o_nodes=scores / scores.sum(), gradient=gradient)


@entry({"hidden": "relu", "output": "sigmoid", "loss": "half_squared_error"}, **TORCH)
def torch_clamp_as_relu(case):
    """A user of z.clamp(min=0), whose slope at 0 is 1."""
    import torch

    class Ramp(torch.nn.Module):
        def forward(self, z):
            return z.clamp(min=0)

    return by_autograd(case, Ramp(), torch.sigmoid, lambda z, y, t: 0.5 * (y - t).pow(2).sum())
