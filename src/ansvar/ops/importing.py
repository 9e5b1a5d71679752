"""The commands `ansvar import`: taking over what a desk did before it had Ansvar."""

import datetime as dt
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Take over the past: old mail, event logs.")

_Source = Annotated[
    str | None,
    typer.Argument(
        help="An mbox file, a Maildir, a folder of .eml files, or imaps://user@host/INBOX."
    ),
]
_Since = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out older mail.")
]
_AgentsFrom = Annotated[
    list[str] | None,
    typer.Option(help="Address or domain from which the desk answered; may be repeated."),
]


@app.command("mailbox")
def import_mailbox(  # noqa: PLR0913 - one argument per option of the command line
    source: _Source = None,
    *,
    desk: Annotated[str, typer.Option(help="Prefix of the desk whose mail it is, such as IT.")],
    mailbox: Annotated[
        str, typer.Option(help="Instead of a source: a connected mailbox, with its sent mail.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look, and say what would be imported.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Only tell what the mailbox reveals; keep nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
    since: _Since = None,
    agents_from: _AgentsFrom = None,
    silent_days: Annotated[
        int, typer.Option(min=1, help="Close conversations silent for longer.")
    ] = 14,
    same_subject_days: Annotated[
        int, typer.Option(min=0, help="So long the same subject of the same people is one matter.")
    ] = 7,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an import that was broken off.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before importing.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the IMAP password from standard input.")
    ] = False,
) -> None:
    """Make tickets of old mail, at their true times. Nothing is sent to anybody."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.import_running import Wanted, run_import  # noqa: PLC0415  # needs Django

        run_import(
            Wanted(
                source=source or "",
                mailbox=mailbox,
                desk=desk,
                is_dry=dry_run,
                is_report=report,
                as_json=json,
                since=since.date() if since else None,
                agents_from=tuple(agents_from or ()),
                silent_days=silent_days,
                same_subject_days=same_subject_days,
                is_resumed=resume,
                is_agreed=yes,
                password_stdin=password_stdin,
            )
        )


@app.command("log")
def import_log(
    file: Annotated[
        str, typer.Argument(help="A .csv, .tsv or .xes file, packed or not, or an .xlsx file.")
    ],
    *,
    mapping: Annotated[
        str,
        typer.Option(help="What the columns mean: a .toml file, or servicenow, bpic2013, xes."),
    ],
    desk: Annotated[str, typer.Option(help="Prefix of the desk whose log it is, such as IT.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look, and say what would be imported.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many cases; the next run goes on.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Make tickets of an event log, each row at its true time. Broken off, it goes on by itself."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.log_running import WantedLog, run_log_import  # noqa: PLC0415  # needs Django

        run_log_import(
            WantedLog(
                file=file,
                mapping=mapping,
                desk=desk,
                is_dry=dry_run,
                limit=limit,
                as_json=json,
            )
        )


@app.command("undo")
def undo(
    run: Annotated[int, typer.Argument(help="Number of the import, as `ansvar import list` says.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the tickets of an import that nobody has touched since."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.import_running import undo_run  # noqa: PLC0415  # needs Django

        undo_run(run, is_agreed=yes)


@app.command("list")
def list_runs() -> None:
    """List the imports, the latest first."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.import_running import print_runs  # noqa: PLC0415  # needs Django

        print_runs()


@app.command("left-out")
def list_left_out(
    run: Annotated[int, typer.Argument(help="Number of the import.")],
    *,
    reason: Annotated[
        str, typer.Option(help="Only those: broken, automatic, no-reply, nobody-asked, junk.")
    ] = "",
) -> None:
    """List the mails or cases of an import that are on no ticket, with the reason."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.import_running import print_left_out  # noqa: PLC0415  # needs Django

        print_left_out(run, reason)


@app.command("remarks")
def list_remarks(
    run: Annotated[int, typer.Argument(help="Number of the import of a log.")],
    *,
    what: Annotated[str, typer.Option(help="Only those, such as state-unknown.")] = "",
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the tickets of a log that could not be told as the log has them, and why."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops.log_running import print_remarks  # noqa: PLC0415  # needs Django

        print_remarks(run, what, as_json=json)
