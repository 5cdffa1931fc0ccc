"""What can be done with a library, one skill a file: the same for planner, language model, REST and MCP.

Each takes typed arguments and returns numbered evidence, never text without a source.
"""
