"""Plan a query, search every space and the full text, fuse. It knows no model and no answer."""
