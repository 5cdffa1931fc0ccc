"""Speed and memory, measured against naive scripts that call the same models on the same files."""
