"""Style 3, a beginner without NumPy: lists, nested loops, one sample."""

import math
from typing import Any


class Neurons:
    """Loops over the neurons; the weights are looked up by their position in the list."""

    def __init__(self, case: Any) -> None:
        self.case, self.w = case, case.weights
        self.n_in, self.n_hid, self.n_out = case.n_inputs, case.n_hidden, case.n_outputs
        self.x, self.t = self.prepare(case.inputs), case.targets
        self.second = (self.n_in + 1) * self.n_hid

    def prepare(self, inputs: list[float]) -> list[float]:
        return inputs

    def ih(self, i: int, h: int) -> int:
        return i * self.n_hid + h

    def hb(self, h: int) -> int:
        return self.n_in * self.n_hid + h

    def ho(self, h: int, o: int) -> int:
        return self.second + h * self.n_out + o

    def ob(self, o: int) -> int:
        return self.second + self.n_hid * self.n_out + o

    def hidden_sums(self) -> list[float]:
        sums = []
        for h in range(self.n_hid):
            total = self.w[self.hb(h)]
            for i in range(self.n_in):
                total += self.w[self.ih(i, h)] * self.x[i]
            sums.append(total)
        return sums

    def f(self, z: float) -> float:
        if self.case.hidden == "tanh":
            return math.tanh(z)
        if self.case.hidden == "relu":
            return max(0.0, z)
        if self.case.hidden == "leaky_relu":
            return z if z > 0 else 0.01 * z
        return 1.0 / (1.0 + math.exp(-z))

    def f_prime(self, z: float, a: float) -> float:
        if self.case.hidden == "tanh":
            return 1.0 - a * a
        if self.case.hidden == "relu":
            return 1.0 if z > 0 else 0.0
        if self.case.hidden == "leaky_relu":
            return 1.0 if z > 0 else 0.01
        return a * (1.0 - a)

    def output_sums(self) -> list[float]:
        sums = []
        for o in range(self.n_out):
            total = self.w[self.ob(o)]
            for h in range(self.n_hid):
                total += self.w[self.ho(h, o)] * self.h[h]
            sums.append(total)
        return sums

    def outputs(self, sums: list[float]) -> list[float]:
        if self.case.output == "softmax":
            powers = [math.exp(z - max(sums)) for z in sums]
            return [p / sum(powers) for p in powers]
        if self.case.output == "sigmoid":
            return [1.0 / (1.0 + math.exp(-z)) for z in sums]
        return sums

    def loss(self) -> float:
        if self.case.loss == "cross_entropy":
            return -sum(t * math.log(y) for y, t in zip(self.y, self.t, strict=True) if t > 0)
        return sum(0.5 * (y - t) ** 2 for y, t in zip(self.y, self.t, strict=True))

    def output_delta(self, o: int) -> float:
        error = self.y[o] - self.t[o]
        if self.case.output == "sigmoid" and self.case.loss != "cross_entropy":
            return error * self.y[o] * (1.0 - self.y[o])
        return error

    def hidden_delta(self, h: int) -> float:
        error = 0.0
        for o in range(self.n_out):
            error += self.w[self.ho(h, o)] * self.d_out[o]
        return error * self.f_prime(self.z[h], self.h[h])

    def gradient(self) -> list[float]:
        gradient = [0.0] * len(self.w)
        for h in range(self.n_hid):
            for i in range(self.n_in):
                gradient[self.ih(i, h)] = self.x[i] * self.d_hid[h]
            gradient[self.hb(h)] = self.d_hid[h]
        for o in range(self.n_out):
            for h in range(self.n_hid):
                gradient[self.ho(h, o)] = self.h[h] * self.d_out[o]
            gradient[self.ob(o)] = self.d_out[o]
        return gradient

    def answer(self) -> dict[str, Any]:
        self.z = self.hidden_sums()
        self.h = [self.f(z) for z in self.z]
        self.s = self.output_sums()
        self.y = self.outputs(self.s)
        self.d_out = [self.output_delta(o) for o in range(self.n_out)]
        self.d_hid = [self.hidden_delta(h) for h in range(self.n_hid)]
        return {
            "h_sums": list(self.z), "h_nodes": list(self.h), "o_sums": list(self.s), "o_nodes": list(self.y),
            "loss": self.loss(), "o_deltas": self.d_out, "h_deltas": self.d_hid, "gradient": self.gradient(),
        }  # fmt: skip
