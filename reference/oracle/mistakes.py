"""The catalogue: mistakes that have a name, each the formula of a step as such a network computes it, and how to mend it.

In a formula `right` is the right formula of its step, f and g are the activations, h_slopes and o_slopes their derivatives at
the sums, `errors` the derivative of a squared error by the nodes, `delta` and `sample_loss` those of the loss that is asked for.
Settings, activations and readings of the flat vector are alternatives of the whole network: see `reference.oracle.models`.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from reference.kinds import kind_of_type
from reference.oracle.cases import Case, Setting
from reference.oracle.formulas import Tree, put, tree
from reference.oracle.grammar import INPUTS, OTHERS, PARTS, expanded, forms, meant, right, updates, with_part
from reference.oracle.models import ROWS, Formulas, Frame, Model, model_of, words_of
from reference.oracle.readings import BLOCKS, KNOWN, Reading, readings
from reference.vocabulary import HIDDEN, LOSSES, OUTPUT

When = Callable[[Setting], bool]


def always(setting: Setting) -> bool:
    """Every setting."""
    return True


def unchanged(model: Model) -> Model:
    """Return the model as it is."""
    return model


class Mistake(NamedTuple):
    """A named mistake: one sentence, the mending, and what such a network computes.

    formulas : by step; those of the optimizer's lines are "weights.w" and so on
    when : the settings in which it can be made
    change : what the whole network does otherwise
    """

    name: str
    explanation: str
    fix: str
    formulas: dict[str, str] = {}
    when: When = always
    change: Callable[[Model], Model] = unchanged

    def trees(self, setting: Setting) -> Formulas:
        """Return the formulas by step."""
        found = {}
        for step, text in self.formulas.items():
            line = step.removeprefix("weights.")
            own: Tree = updates(setting).get(line, line) if line != step else right(setting, step)
            found[step] = meant(setting, step, put(tree(text), {"right": own}))
        return found

    def network(self, case: Case, number: type = float) -> Frame:
        """Return the network that makes this mistake, on a case."""
        model = model_of(case.setting)
        if not self.when(model.setting):
            return Frame(case, model, {}, kind=kind_of_type(number))
        model = self.change(model)
        formulas = {step: expanded(model.setting, formula)[0] for step, formula in self.trees(model.setting).items()}
        return Frame(case, model, formulas, kind=kind_of_type(number))


MISTAKES: dict[str, Mistake] = {}


def enter(name: str, formulas: dict[str, str], explanation: str, fix: str, when: When = always) -> None:
    """Put a mistake of some steps into the catalogue."""
    MISTAKES[name] = Mistake(name, explanation, fix, formulas, when)


def enter_model(name: str, explanation: str, fix: str, when: When, change: Callable[[Model], Model]) -> None:
    """Put a mistake of the whole network into the catalogue."""
    MISTAKES[name] = Mistake(name, explanation, fix, {}, when, change)


def is_cross_entropy(setting: Setting) -> bool:
    """Whether the loss is the cross-entropy."""
    return setting.loss == "cross_entropy"


def is_squared(setting: Setting) -> bool:
    """Whether the loss is a squared error, or treated as one."""
    return setting.loss != "cross_entropy" or setting.rule == "error_splitting"


def with_softmax(when: When) -> When:
    """Return whether a setting has softmax outputs besides."""
    return lambda setting: setting.output == "softmax" and when(setting)


def without_softmax(when: When) -> When:
    """Return whether a setting has other outputs besides."""
    return lambda setting: setting.output != "softmax" and when(setting)


def has_penalty(setting: Setting) -> bool:
    """Whether a penalty is asked for."""
    return setting.l2 != 0


def steps_by(name: str) -> When:
    """Return whether the optimizer is this one."""
    return lambda setting: (setting.optimizer or {"name": "sgd"})["name"] == name


# ---- another setting, another activation, another reading of the flat vector


def with_field(field: str, value: Any) -> Callable[[Model], Model]:
    """Return the change of a setting."""
    return lambda model: model._replace(setting=model.setting._replace(**{field: value}))


def can_be(field: str, value: Any) -> When:
    """Return whether a setting has another value there, and could have this one."""

    def can(setting: Setting) -> bool:
        changed = setting._replace(**{field: value})
        return changed != setting and (changed.loss != "cross_entropy" or changed.output in ("softmax", "sigmoid"))

    return can


SETTINGS: dict[str, tuple[Any, ...]] = {
    "loss": LOSSES, "hidden": HIDDEN, "output": OUTPUT, "reduction": ("mean", "sum"), "rule": ("backpropagation", "error_splitting"),
}  # fmt: skip
for field, values in SETTINGS.items():
    for value in values:
        words = f"You seem to compute with {field}={value!r}."
        enter_model(f"{field}_is_{value}", words, f"Use the {field} that the case names.", can_be(field, value), with_field(field, value))
enter_model("l2_is_0", "You seem to compute without the penalty.", "Use the l2 that the case names.", can_be("l2", 0.0), with_field("l2", 0.0))


def with_activation(asked: str, wrong: str) -> Callable[[Model], Model]:
    """Return the change of an activation wherever it is asked for."""

    def change(model: Model) -> Model:
        layers = [layer for layer in ("hidden", "output") if getattr(model.setting, layer) == asked]
        return model._replace(setting=model.setting._replace(**dict.fromkeys(layers, wrong)))

    return change


for name, (asked, node, _) in OTHERS.items():
    enter_model(
        name, f"The {asked} is {node}.", f"Compute the {asked} as the documents do.",
        lambda setting, asked=asked: asked in (setting.hidden, setting.output), with_activation(asked, name),  # type: ignore[misc]
    )  # fmt: skip


for name, (words, text) in INPUTS.items():

    def of_inputs(model: Model, text: str = text) -> Model:
        """Return the model with other inputs."""
        return model._replace(inputs=with_part(tree(text), "f", forms(model.setting, "f")[0]))

    enter_model(name, words, "Use the inputs as they are given.", always, of_inputs)
    enter(f"{name}_going_forward", {"h_sums": f"({text}) @ ih_weights + h_biases"}, words[:-1] + ", going forward alone.", "Use the inputs as they are given.")

for name in ROWS:
    enter_model(f"rows_{name}", f"Loss and gradient: each {words_of(name)}.", "Let every row count once.", always, lambda model, name=name: model._replace(rows=name))  # type: ignore[misc]
    enter(f"loss_of_rows_{name}", {"loss": f"reduced(rows_{name}*sample_loss) + penalty"}, f"The loss {words_of(name)}.", "Let every row count once.")


def read_as(reading: Reading) -> Callable[[Model], Model]:
    """Return the change of how the flat vector is read."""
    return lambda model: model._replace(read=reading)


def written_as(reading: Reading) -> Callable[[Model], Model]:
    """Return the change of how the gradient is written."""
    return lambda model: model._replace(written=reading)


for reading in readings():
    if len(reading.names()) == 1:
        (name,) = reading.names()
        fix = "Order the flat vector as ih weights, h biases, ho weights, o biases; in a matrix the rows are source nodes."
        if name.endswith("_transposed"):
            fix = "Transpose the matrix: rows are source nodes, columns target nodes (PyTorch stores it the other way)."
        enter_model(name, f"The flat vector is read as {reading.words()}.", fix, always, read_as(reading))
        enter_model(f"gradient_{name}", f"The gradient is written as {reading.words()}.", fix, always, written_as(reading))

# ---- sums

for letter, step, source in (("h", "h_sums", "inputs @ ih_weights"), ("o", "o_sums", "h_nodes @ ho_weights")):
    node = "hidden node" if letter == "h" else "output"
    b, before = f"{letter}_biases", f"The {letter} biases are"
    enter(f"{b}_missing", {step: source}, f"{before} not added.", f"Add each {node}'s bias to its sum.")
    enter(f"{b}_twice", {step: f"{source} + 2*{b}"}, f"{before} added twice.", "Start the sum at 0 or at the bias; add the bias once.")
    enter(f"{b}_subtracted", {step: f"{source} - {b}"}, f"{before} subtracted, as if they were thresholds.", "Add the bias; a threshold is a negative bias.")
    enter(f"one_{letter}_bias_for_all", {step: f"{source} + first({b})"}, f"The first {letter} bias is added to every {node}.", "Index the bias by its node.")
    f, nodes = ("f", "h_nodes") if letter == "h" else ("g", "o_nodes")
    enter(f"{b}_after_activation", {step: source, nodes: f"{f}({step}) + {b}"}, f"{before} added after the activation.", "Add the bias before the activation.")
    enter(f"{letter}_sums_carried_over_nodes", {step: "running(right)"}, f"The sum of one {node} is not set back to 0 for the next.", f"Set the sum to 0 inside the loop over the {node}s.")
    enter(f"{letter}_sums_whole_numbers", {step: "whole(right)"}, "The sums are cut to whole numbers.", "Let the sum be a float: an integer type drops what follows the point.")
    enter(f"{letter}_sums_clipped", {step: "minimum(maximum(right, 0 - 1), 1)"}, "The sums are cut off at -1 and 1 (clipped).", "Leave the sums as they are.")
    names = ("input", "hidden node") if letter == "h" else ("hidden node", "output")
    sources = "inputs" if letter == "h" else "h_nodes"
    weights = source.split("@ ")[1]
    enter(f"last_{names[0].replace(' ', '_')}_dropped", {step: f"but_last({sources}) @ {weights} + {b}"}, f"The last {names[0]} is left out of the sums.", f"Let the loop over the {names[0]}s run to its end.")
    enter(f"first_{names[0].replace(' ', '_')}_dropped", {step: f"but_first({sources}) @ {weights} + {b}"}, f"The first {names[0]} is left out of the sums.", f"Let the loop over the {names[0]}s begin at 0.")

enter("last_output_dropped", {"o_sums": "but_last(right)"}, "The sum of the last output is left at 0.", "Let the loop over the outputs run to its end.")
enter("sums_carried_over_samples", {"h_sums": "carried(right)", "o_sums": "carried(right)"}, "The sums are not set back to 0 from sample to sample (document 001 adds into arrays that keep what was there).", "Make new sums for every sample.")

enter("hidden_sums_overwritten_by_nodes", {"h_sums": "f(right)"}, "The hidden sums are overwritten by the nodes (the activation works in place).", "Keep the sums: the slope needs them.")
enter("biases_averaged", {"h_sums": "inputs @ ih_weights + mean1(h_biases)"}, "The mean of all h biases is added to every hidden node, as broadcasting a column to a row and averaging does.", "Index the bias by its node.")

# ---- nodes

enter("hidden_activation_missing", {"h_nodes": "h_sums"}, "The hidden activation is missing.", "Put every hidden sum through the activation.")
enter("hidden_activation_twice", {"h_nodes": "f(f(h_sums))"}, "The hidden activation is applied twice.", "Apply it once: is it in the layer and in the loop?")
enter("output_activation_missing", {"o_nodes": "o_sums"}, "The output activation is missing.", "Put the output sums through the output activation, softmax included.")
enter("output_activation_twice", {"o_nodes": "g(g(o_sums))"}, "The output activation is applied twice.", "Apply it once: does the loss or the framework apply it as well?")
softmax = with_softmax(always)
enter("softmax_not_normalised", {"o_nodes": "exp(o_sums)"}, "The softmax is not divided by the sum.", "Divide by the sum of the powers.", softmax)
enter("softmax_not_normalised_maximum_out", {"o_nodes": "exp(o_sums - max1(o_sums))"}, "The softmax is not divided by the sum.", "Divide by the sum of the powers.", softmax)
enter("softmax_without_powers", {"o_nodes": "o_sums/sum1(o_sums)"}, "The sums are divided by their total: the powers are missing.", "Take e to the power of each sum first.", softmax)
enter("softmax_along_the_batch", {"o_nodes": "softmax(o_sums.T).T"}, "The softmax is taken along the batch, not along the outputs.", "Sum over the outputs: axis 1 of (samples, outputs).", softmax)
enter("softmax_divided_along_the_batch", {"o_nodes": "exp(o_sums - max1(o_sums))/sum0(exp(o_sums - max1(o_sums)))"}, "The softmax takes the maximum out of each sample, but divides along the batch.", "Sum over the outputs: axis 1 of (samples, outputs), with keepdims.", softmax)
enter("softmax_over_the_whole_batch", {"o_nodes": "exp(o_sums)/sum(exp(o_sums))"}, "The softmax divides by the sum over the whole batch.", "Sum over the outputs of each sample: axis 1, with keepdims.", softmax)
enter("softmax_over_the_whole_batch_by_rows", {"o_nodes": "exp(o_sums - max1(o_sums))/sum(exp(o_sums - max1(o_sums)))"}, "The softmax divides by the sum over the whole batch.", "Sum over the outputs of each sample: axis 1, with keepdims.", softmax)
enter("softmax_answered_as_logarithm", {"o_nodes": "log(softmax(o_sums))"}, "The outputs are the logarithms of the softmax.", "Return the softmax itself.", softmax)
enter("nodes_normalised_over_the_batch", {"h_nodes": "(f(h_sums) - mean0(f(h_sums)))/sqrt(mean0((f(h_sums) - mean0(f(h_sums)))*(f(h_sums) - mean0(f(h_sums)))))"}, "The hidden nodes are normalised over the batch.", "Leave the nodes as they are.")
enter("sums_normalised_over_the_batch", {"h_nodes": "f((h_sums - mean0(h_sums))/sqrt(mean0((h_sums - mean0(h_sums))*(h_sums - mean0(h_sums))) + 1/100000))"}, "The hidden sums are normalised over the batch.", "Leave the sums as they are.")
for name, (wrong, node, slope) in OTHERS.items():
    own = {"z": "h_sums", "y": "h_nodes"}
    named = lambda setting, wrong=wrong: setting.hidden == wrong  # noqa: E731
    spelled = [re.sub(r"\b[zy]\b", lambda found: own[found[0]], text) for text in (node, slope)]
    enter(f"{name}_in_the_nodes_alone", {"h_nodes": spelled[0]}, f"The nodes are those of {name.replace('_', ' ')}, while the slope is that of {wrong}.", f"Compute the {wrong} as the documents do.", named)
    enter(f"{name}_in_the_slopes_alone", {"h_deltas": f"({spelled[1]})*(o_deltas @ ho_weights.T)"}, f"The slope is that of {name.replace('_', ' ')}, while the nodes are those of {wrong}.", f"Use the slope of the {wrong}.", named)
enter("softmax_of_logistic", {"o_nodes": "softmax(sigmoid(o_sums))"}, "The logistic is taken before the softmax.", "Give the softmax the sums.", softmax)
enter("outputs_rounded", {"o_nodes": "rounded(right)"}, "The outputs are rounded to three places.", "Return them as they are, or print 17 digits.")
enter("outputs_as_classes", {"o_nodes": "hot(right)"}, "The outputs are 1 for the class and 0 for the others.", "Return the nodes, not the class.")

# ---- the loss

L = "loss"
enter("loss_twice", {L: "2*right"}, "The loss has twice its value.", "Mind the factor: half squared error has 1/2.")
enter("loss_half", {L: "right/2"}, "The loss has half its value.", "Mind the factor: only half squared error has 1/2.")
enter("loss_averaged_over_outputs", {L: "right/n_outputs"}, "The loss is divided by the number of outputs.", "Add over the outputs; only the mean squared error divides by n_outputs.")
enter("loss_negative", {L: "-right"}, "The loss has the opposite sign.", "Put the minus sign before the logarithms.")
enter("second_half_of_cross_entropy_missing", {L: "reduced(-sum1(targets*log(o_nodes))) + penalty"}, "The cross-entropy of sigmoid outputs lacks its second half.", "Add the term of the targets' complement.", without_softmax(is_cross_entropy))
enter("cross_entropy_of_single_outputs", {L: "reduced(-sum1(targets*log(o_nodes) + (1 - targets)*log(1 - o_nodes))) + penalty"}, "The loss is the cross-entropy of sigmoid outputs.", "For softmax the loss is -t*ln(y), without the targets' complement.", with_softmax(is_cross_entropy))
enter("logarithm_to_base_ten", {L: "reduced(-sum1(targets*log10(o_nodes))) + penalty"}, "The logarithm is that to base 10.", "Use the natural logarithm.", with_softmax(is_cross_entropy))
enter("logarithm_to_base_two", {L: "reduced(-sum1(targets*log2(o_nodes))) + penalty"}, "The logarithm is that to base 2.", "Use the natural logarithm.", with_softmax(is_cross_entropy))
enter("loss_of_softmax_of_softmax", {L: "reduced(-sum1(targets*log(softmax(o_nodes)))) + penalty"}, "The softmax is taken a second time in the loss, of the outputs.", "Give the loss the outputs, or the library's loss the sums.", with_softmax(is_cross_entropy))
enter("loss_of_the_sums", {L: "reduced(-sum1(targets*log(o_sums))) + penalty"}, "The logarithms are those of the sums (logits): the activation is missing in the loss.", "Take the logarithm of the nodes.", is_cross_entropy)
enter("outputs_and_targets_exchanged", {L: "reduced(-sum1(o_nodes*log(targets))) + penalty"}, "Outputs and targets are exchanged in the loss.", "-t*ln(y), not -y*ln(t).", is_cross_entropy)
for exponent in range(7, 17):
    enter(f"outputs_and_targets_exchanged_1e{exponent}", {L: f"reduced(-sum1(o_nodes*log(targets + 1e-{exponent}))) + penalty"}, "Outputs and targets are exchanged in the loss.", "-t*ln(y), not -y*ln(t).", is_cross_entropy)
for percent in (1, 2, 5, 10):
    clip = f"minimum(maximum(o_nodes, {percent}/100), 1 - {percent}/100)"
    enter(f"outputs_clipped_at_{percent}_percent_in_the_loss", {L: f"reduced(-sum1(targets*log({clip}))) + penalty"}, f"The loss clips the outputs at {percent / 100}.", "Clip at 1e-7 or less.", with_softmax(is_cross_entropy))
enter("error_of_all_pairs", {L: "reduced(n_outputs*sum1(o_nodes*o_nodes) - 2*sum1(o_nodes)*sum1(targets) + n_outputs*sum1(targets*targets))/2 + penalty"}, "The loss subtracts every target from every output: a column minus a row is broadcast to a matrix.", "Give both the same shape.", is_squared)
enter("error_of_all_pairs_of_samples", {L: "sum((o_nodes - targets.T)*(o_nodes - targets.T))/2/n_samples/n_samples"}, "The loss subtracts the target of every sample from the output of every sample: a column minus a row is broadcast to a matrix.", "Give both the same shape.", is_squared)
enter("huber_loss", {L: "reduced(sum1(where(abs(o_nodes - targets) > 1, abs(o_nodes - targets) - 1/2, (o_nodes - targets)*(o_nodes - targets)/2))) + penalty"}, "The loss is Huber's (smooth L1): linear beyond 1.", "Compute the loss that the case names.", is_squared)
enter("huber_loss_mean", {L: "reduced(mean1(where(abs(o_nodes - targets) > 1, abs(o_nodes - targets) - 1/2, (o_nodes - targets)*(o_nodes - targets)/2))) + penalty"}, "The loss is Huber's (smooth L1): linear beyond 1.", "Compute the loss that the case names.", is_squared)
enter("mean_absolute_error", {L: "reduced(mean1(abs(o_nodes - targets))) + penalty"}, "The loss is the mean absolute error.", "Compute the loss that the case names.")
enter("sum_of_absolute_errors", {L: "reduced(sum1(abs(o_nodes - targets))) + penalty"}, "The loss is the sum of the absolute errors.", "Compute the loss that the case names.")
enter("root_of_the_squared_error", {L: "sqrt(right)"}, "The loss is the root of what is asked for.", "Leave the root out.", is_squared)
for exponent in (3, 4, 5, 6):
    inside = f"reduced(-sum1(targets*log(o_nodes + 1e-{exponent}))) + penalty"
    both = f"reduced(-sum1(targets*log(o_nodes + 1e-{exponent}) + (1 - targets)*log(1 - o_nodes + 1e-{exponent}))) + penalty"
    fix = "Compute the loss from o_sums: max and log1p for softmax, log1p(e^-|z|) for the logistic."
    text = f"The cross-entropy adds 1e-{exponent} inside the logarithm."
    enter(f"epsilon1e{exponent}_in_the_logarithm", {L: inside}, text, fix, with_softmax(is_cross_entropy))
    enter(f"epsilon1e{exponent}_in_the_logarithms", {L: both}, text, fix, without_softmax(is_cross_entropy))
enter("loss_reduced_otherwise", {L: "reduced_otherwise(sample_loss) + penalty"}, "The losses of the samples are added up where their mean is asked for, or averaged where their sum is.", "Follow the reduction that the case names.")
p = "reduced(sample_loss) + "
enter("penalty_missing_in_loss", {L: "reduced(sample_loss)"}, "The penalty is not added to the loss.", "Add l2/2 times the sum of the squared weights.", has_penalty)
enter("penalty_twice_in_loss", {L: p + "2*penalty"}, "The penalty lacks its factor 1/2.", "Halve it, so that its derivative is l2*w.", has_penalty)
enter("penalty_on_biases", {L: p + "penalty + l2/2*(sum(h_biases*h_biases) + sum(o_biases*o_biases))"}, "The penalty counts the biases.", "Leave the biases out of the penalty.", has_penalty)
enter("penalty_subtracted", {L: p + "0 - penalty"}, "The penalty is subtracted.", "Add it.", has_penalty)
enter("penalty_is_absolute", {L: p + "l2*(sum(abs(ih_weights)) + sum(abs(ho_weights)))"}, "The penalty counts absolute values (L1).", "Square the weights.", has_penalty)
enter("penalty_without_squares", {L: p + "l2/2*(sum(ih_weights) + sum(ho_weights))"}, "The penalty adds the weights, not their squares.", "Square the weights.", has_penalty)
enter("penalty_of_norms", {L: p + "l2/2*(sqrt(sum(ih_weights*ih_weights)) + sqrt(sum(ho_weights*ho_weights)))"}, "The penalty counts the norms of the matrices: the root of the sum of squares.", "Leave the root out.", has_penalty)
enter("penalty_of_norms_twice", {L: p + "l2*(sqrt(sum(ih_weights*ih_weights)) + sqrt(sum(ho_weights*ho_weights)))"}, "The penalty counts the norms of the matrices: the root of the sum of squares.", "Leave the root out.", has_penalty)
enter("penalty_of_ho_weights_alone", {L: p + "l2/2*sum(ho_weights*ho_weights)"}, "The penalty counts the ho weights alone.", "Count both layers.", has_penalty)
enter("penalty_of_ih_weights_alone", {L: p + "l2/2*sum(ih_weights*ih_weights)"}, "The penalty counts the ih weights alone.", "Count both layers.", has_penalty)
decays = {f"gradient.{w}": f"reduced({source}) + l2*{w}/n_samples" for w, source in (("ih_weights", "inputs.T @ h_deltas"), ("ho_weights", "h_nodes.T @ o_deltas"))}
enter("penalty_averaged", {L: p + "penalty/n_samples", **decays}, "The penalty is divided by the number of samples.", "Add the penalty once, after the mean over the samples.", has_penalty)

# ---- output deltas

D = "o_deltas"
enter("output_slope_missing", {D: "errors"}, "The derivative of the output activation is missing.", "Multiply by the slope of the output activation; only cross-entropy cancels it.", is_squared)
enter("output_slope_under_cross_entropy", {D: "delta*(o_nodes*(1 - o_nodes))"}, "A cross-entropy's delta is multiplied by the slope of the output activation, which it has cancelled.", "Leave the slope out: for softmax and sigmoid with cross-entropy the delta is y - t.", is_cross_entropy)
enter("output_slope_twice", {D: "errors*o_slopes*o_slopes"}, "The derivative of the output activation is applied twice.", "Multiply by the slope once.", without_softmax(is_squared))
enter("output_slope_at_the_node", {D: "errors*slope_of_node"}, "The derivative of the output activation is taken at the node, not at the sum.", "Give the derivative the sum; or, if it is written for the node (y*(1-y)), use that form.", without_softmax(is_squared))
enter("output_slope_of_node_at_the_sum", {D: "errors*node_form"}, "The form y*(1-y) of a slope, made for the node, is given the sum of the output.", "Give y*(1-y) the node (document 004), or 1-y**2 for tanh.", without_softmax(is_squared))
enter("softmax_diagonal_only", {D: "errors*(o_nodes*(1 - o_nodes))"}, "Of the softmax only the diagonal of its derivative is used.", "Every softmax output depends on every sum: use the whole Jacobian.", with_softmax(is_squared))
enter("target_sum_taken_as_one", {D: "o_nodes - targets"}, "The delta of softmax with cross-entropy takes the targets to add up to 1.", "Multiply y by the sum of the targets; it is 1 for one-hot targets only.", with_softmax(is_cross_entropy))
enter("loss_slope_used_as_delta", {D: "-targets/o_nodes"}, "The derivative of the loss by the node (dL/dy) is used as the delta.", "Multiply by the derivative of the softmax: that makes y - t.", with_softmax(is_cross_entropy))
enter("loss_slope_used_as_delta_of_sigmoid", {D: "-targets/o_nodes + (1 - targets)/(1 - o_nodes)"}, "The derivative of the loss by the node (dL/dy) is used as the delta.", "Multiply by y*(1-y): that makes y - t.", without_softmax(is_cross_entropy))
enter("o_deltas_twice", {D: "2*delta"}, "The output deltas are twice what they should be.", "Mind the factor: the derivative of (y-t)**2/2 is y-t.")
enter("o_deltas_half", {D: "delta/2"}, "The output deltas are half what they should be.", "Mind the factor: the derivative of (y-t)**2 is 2(y-t).")
enter("deltas_negative", {D: "-delta"}, "The deltas have the opposite sign: they are made of target - output.", "Subtract the target from the output; or add the change where it is subtracted now.")
enter("o_deltas_divided_by_n_samples", {D: "delta/n_samples"}, "The output deltas are divided by the number of samples already.", "A delta is that of one sample: divide the gradient, once.")
enter("o_deltas_divided_by_n_outputs", {D: "delta/n_outputs"}, "The output deltas are divided by the number of outputs.", "Only the mean squared error divides by n_outputs.")
enter("o_deltas_times_n_outputs", {D: "delta*n_outputs"}, "The output deltas lack the factor 1/n_outputs.", "The mean squared error divides by n_outputs, and so does its derivative.", lambda setting: setting.loss == "mean_squared_error")
enter("o_deltas_clipped", {D: "maximum(minimum(delta, 1), 0 - 1)"}, "The output deltas are cut off at -1 and 1 (clipped).", "Leave the deltas as they are.")
enter("error_as_outputs", {D: "o_nodes"}, "The output delta is the output: the target is not subtracted.", "Subtract the target.", is_cross_entropy)

enter("deltas_of_classes", {D: "hot(o_nodes) - targets"}, "The deltas are made with the class, not with the outputs (argmax).", "Subtract the targets from the outputs as they are.")
enter("deltas_of_outputs_over_a_half", {D: "((o_nodes > 1/2) - targets)*o_slopes"}, "The errors are made with outputs rounded to 0 and 1 (a threshold).", "Subtract the targets from the outputs as they are.", without_softmax(always))
enter("deltas_of_mean_target", {D: "(o_nodes - mean1(targets))*o_slopes"}, "The mean of the targets is subtracted from every output, as broadcasting a column against a row and averaging does.", "Subtract each target from its own output.", without_softmax(is_squared))
enter("deltas_of_all_targets", {D: "(n_outputs*o_nodes - sum1(targets))*o_slopes"}, "Every target is subtracted from every output: a column minus a row is broadcast to a matrix.", "Subtract each target from its own output.", without_softmax(is_squared))
enter("deltas_of_softmax_of_softmax", {D: "o_nodes*(softmax(o_nodes) - targets - sum1(o_nodes*(softmax(o_nodes) - targets)))"}, "The deltas go through a second softmax, of the outputs.", "Give the library's loss the sums.", with_softmax(is_cross_entropy))
enter("deltas_of_second_softmax", {D: "softmax(o_nodes) - targets"}, "The softmax is taken a second time, of the outputs.", "Subtract the targets from the outputs.", with_softmax(is_cross_entropy))

# ---- hidden deltas

H = "h_deltas"
along = "(o_deltas @ ho_weights.T)"
enter("hidden_slope_missing", {H: along}, "The derivative of the hidden activation is missing.", "Multiply by the slope at the hidden sum.")
enter("hidden_slope_twice", {H: f"h_slopes*h_slopes*{along}"}, "The derivative of the hidden activation is applied twice.", "Multiply by the slope once.")
enter("hidden_slope_at_the_node", {H: f"hidden_slope_of_node*{along}"}, "The derivative of the hidden activation is taken at the node, not at the sum.", "Give the derivative the sum; or, if it is written for the node (y*(1-y)), use that form.")
enter("hidden_slope_of_node_at_the_sum", {H: f"hidden_node_form*{along}"}, "The form y*(1-y) of a slope, made for the node, is given the hidden sum.", "Give y*(1-y) the node (document 004), or 1-y**2 for tanh.")
enter("hidden_node_as_its_slope", {H: f"h_nodes*{along}"}, "The hidden node stands in place of its slope.", "Multiply by the derivative of the activation.")
enter("tanh_slope_without_square", {H: f"(1 - h_nodes)*{along}"}, "The slope of tanh lacks its square: 1 - y.", "The slope of tanh is 1 - y**2.", lambda setting: setting.hidden == "tanh")
for other, slope in (("sigmoid", "h_nodes*(1 - h_nodes)"), ("tanh", "1 - h_nodes*h_nodes"), ("relu", "h_sums > 0"), ("leaky_relu", "where(h_sums > 0, 1, 1/100)")):
    enter(f"hidden_slope_of_{other}_at_the_sum", {H: f"d_{other}(h_sums)*{along}"}, f"The hidden slope is that of {other}, another activation (that of the output?).", "Use the derivative of the activation that the case names.", lambda setting, other=other: setting.hidden != other)  # type: ignore[misc]
    enter(f"hidden_slope_of_{other}", {H: f"({slope})*{along}"}, f"The hidden slope is that of {other}.", "Use the derivative of the activation that the case names.", lambda setting, other=other: setting.hidden != other)  # type: ignore[misc]
enter("plain_errors_passed_back", {H: "h_slopes*((o_nodes - targets) @ ho_weights.T)"}, "The plain errors are passed back, without the derivative of the output (document 002).", "Pass back the output deltas.", lambda setting: setting.rule != "error_splitting")
enter("mask_of_errors", {H: f"where({along} > 0, {along}, 0)"}, "The mask of the ReLU is made of the errors that come back (delta > 0), not of the sums.", "Pass an error where the sum was positive.", lambda setting: setting.hidden == "relu")
enter("mask_of_errors_and_nodes", {H: f"h_slopes*where({along} > 0, {along}, 0)"}, "Only positive errors are passed back (guided backpropagation).", "Pass every error where the sum was positive.", lambda setting: setting.hidden == "relu")
enter("h_deltas_clipped", {H: "maximum(minimum(right, 1), 0 - 1)"}, "The hidden deltas are cut off at -1 and 1 (clipped).", "Leave the deltas as they are.")
enter("ho_weights_shared_absolutely", {H: "h_slopes*(o_deltas @ (ho_weights/(sum0(abs(ho_weights)) + 1/1000000000)).T)"}, "The errors are split in shares of the ho weights.", "Multiply by the weight itself, not by its share.")
enter("ho_weights_left_out_going_back", {H: "h_slopes*sum1(o_deltas)"}, "The errors are not split by the ho weights, but all passed back in full.", "Multiply each delta by the weight it goes back along.")
enter("ho_weights_absolute_going_back", {H: "h_slopes*(o_deltas @ abs(ho_weights).T)"}, "The errors go back along the absolute values of the ho weights.", "Multiply by the weight with its sign.")
enter("ho_weights_shared_going_back", {H: "h_slopes*(o_deltas @ (ho_weights/sum0(ho_weights)).T)"}, "The errors are split in shares of the ho weights.", "Multiply by the weight itself, not by its share.")
enter("ho_weights_transposed_going_back", {H: "h_slopes*(o_deltas @ read_by_columns(ho_weights).T)"}, "The errors go back along the ho matrix read with the wrong side as the row.", "Going back, the same matrix is used transposed: the sum runs over its columns.")
enter("ho_weights_updated_too_early", {H: "h_slopes*(o_deltas @ (ho_weights - rate*ho_gradient).T)"}, "The hidden deltas are made with ho weights that are already updated.", "Compute all deltas before any weight changes.", steps_by("sgd"))
enter("h_deltas_divided_by_n_outputs", {H: "right/n_outputs"}, "The hidden deltas are averaged over the outputs.", "Add over the outputs.")

# ---- the gradient

ALL = dict.fromkeys(PARTS, "")
enter("gradient_reduced_otherwise", {part: "otherwise(right)" for part in PARTS}, "The gradient is summed over the batch where the mean is asked for, or averaged where the sum is.", "Follow the reduction that the case names.")
enter("gradient_twice", {part: "2*right" for part in PARTS}, "The gradient is twice what it should be.", "Mind the factor of the loss.")
enter("gradient_half", {part: "right/2" for part in PARTS}, "The gradient is half what it should be.", "Mind the factor of the loss.")
enter("gradient_negative", {part: "-right" for part in PARTS}, "The gradient has the opposite sign.", "The gradient points uphill; the step subtracts it.")
enter("gradient_divided_twice", {part: "right/n_samples" for part in PARTS}, "The gradient is divided by the number of samples twice.", "Divide once: in the deltas or at the end.")
enter("gradient_of_the_last_sample", {"gradient.o_biases": "reduced(last_sample(o_deltas))", "gradient.h_biases": "reduced(last_sample(h_deltas))", "gradient.ho_weights": "reduced(last_sample(h_nodes).T @ last_sample(o_deltas))", "gradient.ih_weights": "reduced(last_sample(inputs).T @ last_sample(h_deltas))"}, "The gradient is that of the last sample alone.", "Add up the samples: is the gradient made anew for each?", lambda setting: not setting.l2)
for limit in ("1", "5", "2", "1/2", "10", "1/10"):
    enter(f"gradient_clipped_by_norm_{limit.replace('/', '_')}", {part: f"right*minimum(1, {limit}/gradient_norm)" for part in PARTS}, f"The gradient is shortened to the length {limit} where it is longer (clipped by its norm).", "Leave the gradient as it is.")
    enter(f"gradient_clipped_by_norm_{limit.replace('/', '_')}_as_pytorch", {part: f"right*minimum(1, {limit}/(gradient_norm + 1/1000000))" for part in PARTS}, f"The gradient is shortened to the length {limit} where it is longer (clipped by its norm).", "Leave the gradient as it is.")
enter("gradient_whole_numbers", {part: "whole(right)" for part in PARTS}, "The gradient is cut to whole numbers, as in an array of integers.", "Let the array be of floats.")
enter("gradient_clipped", {part: "maximum(minimum(right, 1), 0 - 1)" for part in PARTS}, "The gradient is cut off at -1 and 1 (clipped).", "Leave the gradient as it is.")
B = ("gradient.o_biases", "gradient.h_biases")
enter("bias_gradients_reduced_otherwise", {part: "otherwise(right)" for part in B}, "The gradients of the biases are summed over the batch where the mean is asked for, or averaged where the sum is.", "Reduce the gradients of biases as those of weights.")
enter("bias_gradients_from_weight_gradients", {"gradient.o_biases": "sum0(ho_gradient)", "gradient.h_biases": "sum0(ih_gradient)"}, "The gradients of the biases are the sums of the weights' gradients.", "The gradient of a bias is the sum of the deltas of its node.")
enter("bias_gradients_mean_of_weight_gradients", {"gradient.o_biases": "mean0(ho_gradient)", "gradient.h_biases": "mean0(ih_gradient)"}, "The gradients of the biases are the means of the weights' gradients.", "The gradient of a bias is the sum of the deltas of its node.")
why = "A bias is a weight of a node that is always 1: its gradient is the delta."
enter("h_bias_gradient_missing", {B[1]: "0"}, "The gradient of the h biases is forgotten.", why)
enter("o_bias_gradient_missing", {B[0]: "0"}, "The gradient of the o biases is forgotten.", why)
HO, IH = "gradient.ho_weights", "gradient.ih_weights"
fix = "Multiply each delta by the node that its weight was multiplied by going forward."
enter("ho_gradient_from_sums", {HO: "reduced(h_sums.T @ o_deltas) + ho_decay"}, "The gradient of the ho weights is made with the hidden sums in place of the hidden nodes.", fix)
enter("ho_gradient_from_nodes_activated_twice", {HO: "reduced(f(h_nodes).T @ o_deltas) + ho_decay"}, "The gradient of the ho weights is made with hidden nodes activated twice (document 002).", "Use the hidden nodes as they are.")
enter("ih_gradient_from_plain_errors", {IH: "reduced(inputs.T @ (o_deltas @ ho_weights.T)) + ih_decay"}, "The gradient of the ih weights is made without the hidden slope.", fix)
enter("gradients_of_means", {HO: "mean0(h_nodes).T @ mean0(o_deltas) + ho_decay", IH: "mean0(inputs).T @ mean0(h_deltas) + ih_decay"}, "The gradient is the product of the means of nodes and deltas, not the mean of their products.", "Multiply node and delta of each sample, then average.")
enter("ho_gradient_from_plain_errors", {HO: "reduced(h_nodes.T @ errors) + ho_decay"}, "The gradient of the ho weights is made with the plain errors, without the output slope.", fix, is_squared)
enter("ho_gradient_without_nodes", {HO: "reduced((h_nodes*0 + 1).T @ o_deltas) + ho_decay"}, "The gradient of the ho weights is the delta alone.", fix)
enter("ih_gradient_without_inputs", {IH: "reduced((inputs*0 + 1).T @ h_deltas) + ih_decay"}, "The gradient of the ih weights is the delta alone.", fix)
fix = "Transpose the gradient as the weights are."
ho, ih = "reduced(h_nodes.T @ o_deltas)", "reduced(inputs.T @ h_deltas)"
fix = "Add l2*w to the gradient of every ih and ho weight."
enter("penalty_missing_in_gradient", {HO: ho, IH: ih}, "The penalty is missing in the gradient.", fix, has_penalty)
enter("penalty_of_ih_weights_missing", {IH: ih}, "The penalty is left out of the gradient of the ih weights.", fix, has_penalty)
enter("penalty_of_ho_weights_missing", {HO: ho}, "The penalty is left out of the gradient of the ho weights.", fix, has_penalty)
enter("penalty_twice_in_gradient", {HO: f"{ho} + 2*ho_decay", IH: f"{ih} + 2*ih_decay"}, "The penalty has a factor 2 too many in the gradient.", "The derivative of l2/2*w**2 is l2*w.", has_penalty)
enter("penalty_half_in_gradient", {HO: f"{ho} + ho_decay/2", IH: f"{ih} + ih_decay/2"}, "The penalty is halved in the gradient.", "The derivative of l2/2*w**2 is l2*w.", has_penalty)
enter("penalty_subtracted_in_gradient", {HO: f"{ho} - ho_decay", IH: f"{ih} - ih_decay"}, "The penalty is subtracted from the gradient.", "Add l2*w.", has_penalty)
enter("penalty_is_absolute_in_gradient", {HO: f"{ho} + l2*sign(ho_weights)", IH: f"{ih} + l2*sign(ih_weights)"}, "The penalty in the gradient is that of absolute values (L1).", "Add l2*w.", has_penalty)
enter("penalty_summed_in_gradient", {HO: f"{ho} + n_samples*ho_decay", IH: f"{ih} + n_samples*ih_decay"}, "The penalty is added once for each sample.", "Add it once.", has_penalty)
enter("penalty_on_bias_gradient", {B[0]: "right + l2*o_biases", B[1]: "right + l2*h_biases"}, "The biases are drawn towards 0 as well.", "Leave the biases out of the penalty.", has_penalty)

# ---- the step

W = "weights.w"
enter("step_uphill", {W: "2*w - right"}, "The step goes uphill.", "Subtract the step.")
enter("learning_rate_missing", {W: "w + (right - w)/rate"}, "The learning rate is left out.", "Multiply by the learning rate.")
enter("learning_rate_twice", {W: "w + 2*(right - w)"}, "The step is twice as long as the learning rate says.", "Multiply by the learning rate once; the loss brings its own factor.")
enter("no_step", {W: "w"}, "The weights do not change.", "Is the step made on a copy?")
enter("biases_not_stepped", {W: "where(is_weight, right, w)"}, "The biases do not change.", "Update the biases as well.")
enter("step_in_place_of_weights", {W: "right - w"}, "The step is returned in place of the weights.", "Add the step to the weights.")
enter("step_in_place_of_weights_positive", {W: "w - right"}, "The step is returned in place of the weights.", "Subtract the step from the weights.")
enter("step_divided_by_n_samples", {W: "w + (right - w)/n_samples"}, "The step is divided by the number of samples.", "The gradient is that of the whole batch already.")
enter("ih_weights_and_h_biases_stand_still", {W: "where(layer > 1, right, w)"}, "Only the last layer learns: ih weights and h biases do not change.", "Update both layers.")
enter("ho_weights_and_o_biases_stand_still", {W: "where(layer > 1, w, right)"}, "Only the first layer learns: ho weights and o biases do not change.", "Update both layers.")
enter("weights_decayed_twice", {W: "right - rate*l2*w*is_weight"}, "The penalty (l2) enters twice: in the gradient and as decay in the step.", "Add l2*w to the gradient alone.", has_penalty)
enter("step_after_every_sample", {W: "online"}, "A step is made after each sample (online), not one for the batch.", "Add up the gradient of the batch, then make one step.", steps_by("sgd"))
enter("first_gradient_again", {W: "w - rate*first_gradient"}, "Every step uses the first gradient: it is not computed again (stale).", "Compute the gradient at the new weights in every step.", lambda setting: setting.steps > 1)
enter("learning_rate_divided_by_t", {W: "w + (right - w)/t"}, "The learning rate is divided by the number of the step.", "Use the learning rate as it is given.", lambda setting: setting.steps > 1)
enter("optimizer_is_sgd", {W: "w - rate*gradient"}, "You seem to make plain steps of gradient descent, without momentum or any other state.", "Use the optimizer that the case names.", lambda setting: setting.optimizer not in (None, {"name": "sgd"}))
enter("optimizer_is_rmsprop", {"weights.v": "beta2*v + (1 - beta2)*(gradient*gradient)", W: "w - rate*gradient/(sqrt(v) + epsilon)"}, "You seem to make steps of RMSProp.", "Use the optimizer that the case names.", steps_by("adam"))
has_momentum: When = lambda setting: bool((setting.optimizer or {}).get("momentum"))  # noqa: E731
V = "weights.v"
enter("momentum_damps_the_step", {V: "momentum*v - (1 - momentum)*rate*gradient"}, "The momentum damps the step as well.", "Leave out the factor 1 - momentum.", has_momentum)
enter("momentum_forgotten", {V: "0 - rate*gradient"}, "The velocity is forgotten from step to step.", "Keep the velocity between the steps.", has_momentum)
enter("momentum_without_rate", {V: "momentum*v + gradient", W: "w - rate*v"}, "The velocity is kept without the learning rate.", "v = momentum*v - learning_rate*gradient; the two differ where the rate changes.", lambda setting: False)
enter("momentum_for_weights_alone", {V: "where(is_weight, right, 0 - rate*gradient)"}, "The biases have no momentum.", "Keep a velocity for the biases as well.", has_momentum)
enter("velocity_of_the_step_before", {W: "w + old_v"}, "The step is made with the velocity of the step before (the old one).", "Update the velocity first, then the weights.", has_momentum)
enter("velocity_forgets_the_gradient", {W: "w + momentum*v"}, "The step adds momentum*v alone.", "Add momentum*v - learning_rate*gradient.", has_momentum)
enter("velocity_in_place_of_weights", {W: "v"}, "The velocity is returned in place of the weights.", "Add it to the weights.", has_momentum)
enter("rate_in_velocity_and_step", {W: "w + rate*v"}, "The learning rate enters twice: in the velocity and in the step.", "Multiply by the learning rate once.", has_momentum)
enter("momentum_negative", {V: "0 - momentum*v - rate*gradient"}, "The velocity is turned round in each step.", "Add momentum*v.", has_momentum)
is_nesterov: When = lambda setting: bool((setting.optimizer or {}).get("nesterov"))  # noqa: E731
enter("nesterov_is_plain_momentum", {W: "w + v"}, "The momentum is plain, not Nesterov's.", "Add momentum*v - learning_rate*gradient, with the new v.", is_nesterov)
enter("momentum_is_nesterov", {W: "w + momentum*v - rate*gradient"}, "The momentum is Nesterov's, not plain.", "Add v.", lambda setting: has_momentum(setting) and not is_nesterov(setting))
rmsprop, adam = steps_by("rmsprop"), steps_by("adam")
C = "weights.c"
enter("rmsprop_decay_exchanged", {C: "(1 - decay)*c + decay*(gradient*gradient)"}, "The squares are kept with the weights exchanged.", "The old mean is kept by decay, the new square enters by 1 - decay.", rmsprop)
enter("rmsprop_root_missing", {W: "w - rate*gradient/(c + epsilon)"}, "The root is missing in RMSProp.", "Take the root of the mean square.", rmsprop)
enter("rmsprop_is_adagrad", {C: "c + gradient*gradient"}, "The squares are added up, as AdaGrad does.", "c = decay*c + (1-decay)*g**2.", rmsprop)
enter("rmsprop_by_signs", {W: "w - rate*sign(gradient)"}, "The step is that of the sign alone.", "Divide by the root of the mean square.", rmsprop)
enter("rmsprop_of_sizes", {C: "decay*c + (1 - decay)*abs(gradient)"}, "The mean is that of the absolute values, not of the squares.", "Square the gradient.", rmsprop)
enter("rmsprop_begins_with_ones", {C: "where(t > 1, decay*c + (1 - decay)*(gradient*gradient), decay + (1 - decay)*(gradient*gradient))"}, "The mean square begins with 1.", "Begin with 0.", rmsprop)
enter("rmsprop_forgets", {C: "(1 - decay)*(gradient*gradient)"}, "The mean square is forgotten from step to step.", "Keep it between the steps.", rmsprop)
m, v = "m/(1 - beta1**t)", "v/(1 - beta2**t)"
enter("adam_without_corrections", {W: "w - rate*m/(sqrt(v) + epsilon)"}, "Adam lacks its corrections of the first steps.", "Divide m by 1 - beta1**t and v by 1 - beta2**t.", adam)
enter("adam_second_correction_missing", {W: f"w - rate*({m})/(sqrt(v) + epsilon)"}, "Adam corrects its first moment only.", "Divide v by 1 - beta2**t as well.", adam)
enter("adam_first_correction_missing", {W: f"w - rate*m/(sqrt({v}) + epsilon)"}, "Adam corrects its second moment only.", "Divide m by 1 - beta1**t as well.", adam)
enter("adam_epsilon_under_the_root", {W: f"w - rate*({m})/sqrt({v} + epsilon)"}, "Adam's epsilon stands under the root.", "Add epsilon to the root.", adam)
enter("adam_root_missing", {W: f"w - rate*({m})/({v} + epsilon)"}, "The root is missing in Adam.", "Take the root of the mean square.", adam)
enter("adam_counts_from_two", {W: "w - rate*(m/(1 - beta1**(t + 1)))/(sqrt(v/(1 - beta2**(t + 1))) + epsilon)"}, "Adam counts its steps from 2.", "Raise t to 1 before the first step.", adam)
enter("adam_counts_from_zero", {W: "w - rate*(m/(1 - beta1**(t - 1)))/(sqrt(v/(1 - beta2**(t - 1))) + epsilon)"}, "Adam counts its steps from 0: the first correction divides by 0.", "Raise t to 1 before the first step.", adam)
enter("adam_betas_exchanged", {"weights.m": "beta2*m + (1 - beta2)*gradient", V: "beta1*v + (1 - beta1)*(gradient*gradient)", W: "w - rate*(m/(1 - beta2**t))/(sqrt(v/(1 - beta1**t)) + epsilon)"}, "Adam's beta1 and beta2 are exchanged.", "beta1 belongs to the mean, beta2 to the mean square.", adam)
enter("adam_moments_with_betas_exchanged", {"weights.m": "beta2*m + (1 - beta2)*gradient", V: "beta1*v + (1 - beta1)*(gradient*gradient)"}, "Adam's beta1 and beta2 are exchanged in the moments.", "beta1 belongs to the mean, beta2 to the mean square.", adam)
enter("adam_made_anew_for_each_step", {"weights.m": "(1 - beta1)*gradient", V: "(1 - beta2)*(gradient*gradient)", W: "w - rate*(m/(1 - beta1))/(sqrt(v/(1 - beta2)) + epsilon)"}, "Adam forgets its moments and its count from step to step: it is made anew.", "Keep its state between the steps.", adam)
enter("adam_by_signs", {W: "w - rate*sign(gradient)"}, "The step is that of the sign alone.", "Divide by the root of the mean square.", adam)
for beta2 in (0.99, 0.98, 0.95, 0.9, 0.9999):
    enter(f"adam_beta2_is_{str(beta2)[2:]}", {V: f"{beta2}*v + (1 - {beta2})*(gradient*gradient)", W: f"w - rate*(m/(1 - beta1**t))/(sqrt(v/(1 - {beta2}**t)) + epsilon)"}, f"Adam's beta2 is {beta2}: another setting than asked for.", "Use the beta2 that the case names.", lambda setting, beta2=beta2: adam(setting) and setting.optimizer["beta2"] != beta2)  # type: ignore[misc,index]
enter("adam_count_stands_still", {W: "w - rate*(m/(1 - beta1))/(sqrt(v/(1 - beta2)) + epsilon)"}, "Adam's t stays at 1.", "Raise t in every step.", adam)
enter("adam_counts_blocks", {W: "w - rate*(m/(1 - beta1**(4*t - 4 + block)))/(sqrt(v/(1 - beta2**(4*t - 4 + block))) + epsilon)"}, "Adam's t is raised for each block of weights.", "Raise t once in a step.", adam)
enter("adam_counts_layers", {W: "w - rate*(m/(1 - beta1**(2*t - 2 + layer)))/(sqrt(v/(1 - beta2**(2*t - 2 + layer))) + epsilon)"}, "Adam's t is raised for each layer.", "Raise t once in a step.", adam)
enter("adam_moments_exchanged", {"weights.m": "(1 - beta1)*m + beta1*gradient", V: "(1 - beta2)*v + beta2*(gradient*gradient)"}, "The moments are kept with the weights exchanged.", "The old moment is kept by beta, the new one enters by 1 - beta.", adam)
