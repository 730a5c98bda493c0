"""The explanation: every number of a network as the sum it is, drawn from the record of the very loops that made it."""
