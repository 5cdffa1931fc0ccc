"""The ASGI side: who is asking, what may leave, and whether the process is well. It knows no page."""
