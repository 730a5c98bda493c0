"""Explain how every number of a network is computed, as text and as an interactive page."""
