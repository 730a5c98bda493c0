"""The explanation: how every number of a network is computed, as text and as a page that can be changed."""
