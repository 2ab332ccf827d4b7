"""How the listed sounds are gathered from where they were published."""
