"""How a candidate is asked: a function, a program in any language, a file of answers, a framework's network."""
