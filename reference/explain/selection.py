"""Select the entries (numbers of a stage) to show: what --stage and --node choose, or a few entries of each stage."""

import argparse
from collections.abc import Iterator

from reference.explain.explanation import Entry, Explanation
from reference.specification.names import FORWARD, STAGES

FEW_NODES, FEW_WEIGHTS = 8, 3  # how many nodes of a stage and weights of a layer to show without --all and --node


def entries_for(explanation: Explanation, options: argparse.Namespace) -> list[Entry]:
    """Return the entries that --stage and --node select.

    Raises ValueError for an unknown node, for a stage that needs targets if there are none, or if no entry is left.
    """
    stages, nodes = options.stage or STAGES, options.node or []
    for node in nodes:
        check_node(node, explanation)
    for stage in options.stage or []:
        if explanation.targets is None and stage not in FORWARD:
            raise ValueError(f"--stage {stage} needs --targets")
    entries = [entry for entry in explanation.entries if entry.stage in stages and (not nodes or concerns(entry, nodes))]
    if not entries:
        raise ValueError(f"no numbers of {', '.join(nodes)} in {', '.join(stages)}; leave --stage or --node out")
    return entries


def check_node(node: str, explanation: Explanation) -> None:
    """Raise ValueError if a text is neither a node nor an edge of the network."""
    layout = explanation.architecture.layout
    layers = [[f"{letter}{at}" for at in range(size)] for letter, size in zip("iho", layout.sizes, strict=True)]
    if node not in {name for layer in layers for name in layer} | {layout.name_of(at) for at in range(layout.n_weights)}:
        nodes = ", ".join(layer[0] if len(layer) == 1 else f"{layer[0]} .. {layer[-1]}" for layer in layers)
        raise ValueError(f"--node {node}: this {layout} network has the nodes {nodes} and edges such as i0->h0 and b->o0")


def concerns(entry: Entry, nodes: list[str]) -> bool:
    """Whether `belongs` holds, or the entry is one of h_sums or o_sums and `comes_through` holds for the edge of a term."""
    is_sum = entry.stage in ("h_sums", "o_sums")
    return belongs(entry, nodes) or (is_sum and any(comes_through(term.edge, nodes) for term in entry.terms))


def belongs(entry: Entry, nodes: list[str]) -> bool:
    """Whether the node or edge of an entry is selected, or the edge leads into a selected node or out of a selected input."""
    return any(entry.node == node or entry.node.endswith(f"->{node}") for node in nodes) or comes_through(entry.node, nodes)


def comes_through(edge: str | None, nodes: list[str]) -> bool:
    """Whether an edge is selected, or starts at a selected input."""
    return edge is not None and any(edge == node or (node[0] == "i" and edge.startswith(f"{node}->")) for node in nodes)


def entries_by_stage(
    explanation: Explanation, entries: list[Entry], options: argparse.Namespace
) -> Iterator[tuple[str, list[Entry], list[Entry]]]:
    """Yield (stage, all its entries, its entries to show) for each stage that has entries."""
    for stage in STAGES:
        of_stage = [entry for entry in entries if entry.stage == stage]
        if of_stage:
            yield stage, of_stage, of_stage if options.all or options.node else few_of(of_stage, explanation)


def few_of(of_stage: list[Entry], explanation: Explanation) -> list[Entry]:
    """Return the first nodes of a stage, or the weights with the largest gradients in each layer."""
    if of_stage[0].stage not in ("gradient", "weights"):
        return of_stage[:FEW_NODES]
    steepest = sorted(explanation.of("gradient"), key=lambda entry: -abs(entry.value))
    layers = [[entry.node for entry in steepest if f"->{letter}" in entry.node] for letter in "ho"]
    edges = {edge for layer in layers for edge in layer[:FEW_WEIGHTS]}
    return [entry for entry in of_stage if entry.node in edges]
