"""The kinds of candidate: a Python function, a program in any language, and the network of a framework."""
