"""`ansvar content`: files of messages from one store to another, and whether all are there."""

from typing import Annotated

import typer

from ansvar.ops import startup

app = typer.Typer(no_args_is_help=True, help="Files of messages: copy to another store, verify.")


@app.command("copy")
def copy_content(
    *,
    to: Annotated[
        str,
        typer.Option(metavar="PLACE", help="s3://bucket/prefix, or folder for the data folder."),
    ],
    origin: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="PLACE", help="Where they lie; the present one if left out."
        ),
    ] = None,
) -> None:
    """Copy every file to another store, each compared with its SHA-256; go on where it ended."""
    loaded = startup.load_django()
    from ansvar.ops import content_copying  # noqa: PLC0415  # needs Django set up

    if not content_copying.copy_with_words(loaded, origin=origin, target=to):
        raise typer.Exit(1)


@app.command("verify")
def verify_content(
    *,
    whole: Annotated[
        bool, typer.Option("--whole", help="Read every file and compare it with its SHA-256.")
    ] = False,
) -> None:
    """Say which files that messages name are not in the store, or not what they were."""
    with startup.ready() as loaded:
        from ansvar.ops import content_copying  # noqa: PLC0415  # needs Django set up

        if not content_copying.verify_with_words(loaded, whole=whole):
            raise typer.Exit(1)
