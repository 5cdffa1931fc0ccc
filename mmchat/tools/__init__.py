"""What can be done with a library, one file each: typed arguments in, evidence with its places out."""
