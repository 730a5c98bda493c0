"""What both packages share: the interface, names, messages, checks, files, initial weights and the order of samples."""
