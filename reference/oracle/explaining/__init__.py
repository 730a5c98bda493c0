"""Explain what is wrong: find the changed formulas that give the candidate's numbers, and write the report."""
