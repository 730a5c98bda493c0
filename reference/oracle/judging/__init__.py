"""What is right: the true numbers, the formulas of textbooks and conventions, and how far an answer may be off."""
