"""The catalog's schema as a chain of Alembic revisions: ``versions`` holds one file each, run by ``env``."""
