"""Judge answers by the true numbers and the allowed errors, and recognise textbook formulas and other conventions."""
