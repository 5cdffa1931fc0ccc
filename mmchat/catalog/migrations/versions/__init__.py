"""One revision a file. To add one: write it, say its id in ``mmchat.catalog.migration.HEAD``, change the tables."""
