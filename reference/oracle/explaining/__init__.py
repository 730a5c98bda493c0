"""Explain what is wrong: find wrong formulas that give the candidate's numbers, and write the report."""
