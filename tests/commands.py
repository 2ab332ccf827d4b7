"""Calls a command in this process, as from a shell but for its exit."""


def call(command, *switches, **settings):
    """Runs the ``main`` of a script with these flags, the others as usual."""
    values = command.FLAGS
    values.unparse_flags()
    flags = [f"--{name}={value}" for name, value in settings.items()]
    values(["x", *switches, *flags])
    command.main(values)
