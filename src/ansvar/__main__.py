"""`python -m ansvar` is `ansvar`."""

from ansvar.ops.cli import main

main()
