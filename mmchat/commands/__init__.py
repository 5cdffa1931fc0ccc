"""One command of the command line per file: settings and arguments in, exit status and a JSON document out."""
