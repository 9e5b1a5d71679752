"""`ansvar bench`: fill a database of a given size, and measure the product on it."""

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Measure what the product costs on a desk of a given size.")


@app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    *,
    data: Annotated[
        Path | None, typer.Option(help="A folder that `ansvar bench fill` made.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only these scenarios; the beginning of a name will do."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    against: Annotated[Path | None, typer.Option(help="Compare with this result.")] = None,
    statements: Annotated[
        bool, typer.Option("--statements", help="Print the dearest statements, too.")
    ] = False,
) -> None:
    """Measure all scenarios: time, processor time, queries, sizes, beside their budgets."""
    if context.invoked_subcommand is not None:
        return
    if data is not None:
        os.environ["ANSVAR_DATA"] = str(data)
    from ansvar.ops.bench import directing  # noqa: PLC0415  # keeps `ansvar --version` fast

    directing.run(only=only or (), json=json, against=against, statements=statements)
