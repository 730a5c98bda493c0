"""Judge answers: the true numbers, the allowed errors, textbook formulas, and other conventions."""
