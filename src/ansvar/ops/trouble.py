"""What stops a command: told in one sentence, without a traceback."""


class Trouble(Exception):
    """Something an operator can mend; the message is the whole sentence they read."""

    exit_code = 1


class ConfigurationWrong(Trouble):
    """The installation was told something that cannot be used."""

    exit_code = 2
