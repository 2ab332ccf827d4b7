"""Safe files and folders; standard library alone."""
