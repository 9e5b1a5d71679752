"""`ansvar bench`: fill a database of a given size, and measure the product on it."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Measure what the product costs on a desk of a given size.")


@app.callback(invoke_without_command=True)
def bench(  # noqa: PLR0913 - one argument per option of the command line
    context: typer.Context,
    *,
    tickets: Annotated[
        list[str] | None,
        typer.Option(help="How many: 10k, 100k, 1m or any number; several may be given."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Measure in this folder, filled first if it is empty.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only these scenarios; the beginning of a name will do."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this result, not with the project's own.")
    ] = None,
    times: Annotated[int, typer.Option(min=5, help="Requests for each figure.")] = 200,
    statements: Annotated[
        bool, typer.Option("--statements", help="Print the dearest statements.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print how the database carries them out.")
    ] = False,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the figures as the project's result.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the filled folders there.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail when a budget is not kept.")
    ] = False,
) -> None:
    """Measure time, processor time, queries and sizes of the product, beside their budgets."""
    if context.invoked_subcommand is not None:
        return
    from ansvar.ops.bench import directing  # noqa: PLC0415  # keeps `ansvar --version` fast

    asked = directing.Asked(
        sizes=tickets or (),
        data=data,
        only=only or (),
        json=json,
        against=against,
        times=times,
        statements=statements,
        explain=explain,
        save=save,
        keep=keep,
    )
    is_within = directing.bench(asked)
    if strict and not is_within:
        raise typer.Exit(1)


@app.command()
def fill(
    *,
    tickets: Annotated[str, typer.Option(help="How many: 10k, 100k, 1m or any number.")] = "100k",
    data: Annotated[
        Path | None, typer.Option(help="The folder to fill; it must be empty (ANSVAR_DATA).")
    ] = None,
) -> None:
    """Fill an empty data folder with a desk of so many tickets."""
    from ansvar.ops.bench import directing  # noqa: PLC0415  # as above

    directing.fill(tickets, data)


@app.command()
def chaos(
    *,
    seconds: Annotated[float, typer.Option(min=1, help="So long parts are killed.")] = 300,
    rate: Annotated[float, typer.Option(min=0.1, help="Things done a second.")] = 8,
    seed: Annotated[str, typer.Option(help="Which order of kills; the same seed, the same.")] = "1",
    data: Annotated[
        Path | None, typer.Option(help="A filled folder; a small one of its own if left out.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write what came of it to this file.")] = None,
) -> None:
    """Kill parts of the product under load, and prove that nothing promised is lost or twice."""
    from ansvar.ops.bench import enduring  # noqa: PLC0415  # as above

    if not enduring.run_chaos(data, seconds=seconds, rate=rate, seed=seed, out=json):
        raise typer.Exit(1)


@app.command()
def soak(
    *,
    minutes: Annotated[int, typer.Option(min=1, help="So long the load lasts.")] = 30,
    share: Annotated[
        float, typer.Option(min=0.05, max=1, help="Of the ceiling, which is found first.")
    ] = 0.7,
    data: Annotated[
        Path | None, typer.Option(help="A filled folder; a small one of its own if left out.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write what came of it to this file.")] = None,
) -> None:
    """Put steady load on the product: no error, flat memory, no growing lag."""
    from ansvar.ops.bench import enduring  # noqa: PLC0415  # as above

    if not enduring.run_soak(data, minutes=minutes, share=share, out=json):
        raise typer.Exit(1)
