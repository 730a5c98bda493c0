"""Judge answers: the true numbers, textbook formulas, other conventions, and the error that an answer may have."""
