"""What both twins share: sizes, names, messages, the door, settings, files, initial weights and the order of samples."""
