"""What is wrong: the network as nine formulas, the changes of them that give a candidate's numbers, and the report."""
