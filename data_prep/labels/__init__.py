"""From the name of a file to its class."""
