"""The commands `ansvar report` and `ansvar insight`: figures on the terminal and for programs."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

import typer

report_app = typer.Typer(no_args_is_help=True, help="Figures of a desk, also as JSON or CSV.")
insight_app = typer.Typer(no_args_is_help=True, help="Questions to what has happened.")
what_if_app = typer.Typer(no_args_is_help=True, help="What would have become of it, if ...")
insight_app.add_typer(what_if_app, name="what-if")


class Table(StrEnum):
    """By what figures are split."""

    TEAM = "team"
    PAIR = "pair"
    SERVICE = "service"
    PERIOD = "period"
    HISTOGRAM = "histogram"


class FilingTable(StrEnum):
    """By what the figures about filing are split."""

    TEAM = "team"
    CHANNEL = "channel"
    MOVE = "move"


class Cut(StrEnum):
    """Into what a period is cut."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Mode(StrEnum):
    """When the owner decides."""

    FREE = "free"
    AFTER = "after"
    ALWAYS = "always"


_Desk = Annotated[str, typer.Option(help="Prefix of the desk, such as IT; needed with several.")]
_Team = Annotated[str, typer.Option(help="Only tickets that the team of this name has held.")]
_Service = Annotated[str, typer.Option(help="Only tickets of the service of this name.")]
_Kind = Annotated[
    list[str] | None,
    typer.Option(help="incident, request, ...; may be repeated. Else all but project_work."),
]
_From = Annotated[
    dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Opened on or after.")
]
_To = Annotated[
    dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Opened on or before.")
]
_Json = Annotated[bool, typer.Option("--json", help="Everything as JSON.")]
_Csv = Annotated[bool, typer.Option("--csv", help="The table of --by as CSV.")]


@report_app.command("handovers")
def report_handovers(  # noqa: PLR0913 - one argument per option of the command line
    *,
    desk: _Desk = "",
    team: _Team = "",
    service: _Service = "",
    kind: _Kind = None,
    since: _From = None,
    until: _To = None,
    period: Annotated[Cut, typer.Option(help="Into what the period is cut.")] = Cut.MONTH,
    by: Annotated[Table, typer.Option(help="Which table to print.")] = Table.TEAM,
    json: _Json = False,
    csv: _Csv = False,
) -> None:
    """Count hand-overs, ping-pong, and what coming back has cost; all dates if none are given."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready_to_read():
        from ansvar.ops import report_running  # noqa: PLC0415  # needs Django

        asked = report_running.asked(
            desk=desk, team=team, service=service, kinds=kind or (), since=since, until=until
        )
        report_running.print_handovers(asked, cut=period, table=by, as_json=json, as_csv=csv)


@report_app.command("classification")
def report_classification(  # noqa: PLR0913 - one argument per option of the command line
    *,
    desk: _Desk = "",
    team: _Team = "",
    service: _Service = "",
    kind: _Kind = None,
    since: _From = None,
    until: _To = None,
    by: Annotated[FilingTable, typer.Option(help="Which table to print.")] = FilingTable.TEAM,
    json: _Json = False,
    csv: _Csv = False,
) -> None:
    """Compare kind and service at opening with those at closing."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready_to_read():
        from ansvar.ops import report_running  # noqa: PLC0415  # needs Django

        asked = report_running.asked(
            desk=desk, team=team, service=service, kinds=kind or (), since=since, until=until
        )
        report_running.print_classification(asked, table=by, as_json=json, as_csv=csv)


@what_if_app.command("handover")
def what_if_handover(  # noqa: PLR0913 - one argument per option of the command line
    *,
    mode: Annotated[Mode, typer.Option(help="When the service owner decides.")] = Mode.FREE,
    after: Annotated[
        int, typer.Option(min=1, max=20, help="With --mode after: so many are free.")
    ] = 2,
    desk: _Desk = "",
    team: _Team = "",
    service: _Service = "",
    kind: _Kind = None,
    since: _From = None,
    until: _To = None,
    json: _Json = False,
) -> None:
    """Hold a hand-over rule against history: what the owner would have been asked and stopped."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready_to_read():
        from ansvar.ops import report_running  # noqa: PLC0415  # needs Django

        asked = report_running.asked(
            desk=desk, team=team, service=service, kinds=kind or (), since=since, until=until
        )
        report_running.print_what_if(asked, mode=mode, after=after, as_json=json)


@insight_app.command("rebuild")
def insight_rebuild() -> None:
    """Count the stored figures of all days anew; what is interrupted goes on where it was."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import report_running  # noqa: PLC0415  # needs Django

        report_running.rebuild_figures()
