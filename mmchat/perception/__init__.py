"""Pixels and sound -> words with places. It knows no segments and no store."""
