"""The command `ansvar`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

import ansvar
from ansvar.ops import console, content, importing, reporting
from ansvar.ops.bench import commands as bench_commands
from ansvar.ops.trouble import Trouble

app = typer.Typer(
    name="ansvar",
    help="Ansvar, the service desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
demo_app = typer.Typer(no_args_is_help=True, help="The demo organisation: load, remove, log in.")
app.add_typer(demo_app, name="demo")
app.add_typer(importing.app, name="import")
app.add_typer(content.app, name="content")
app.add_typer(reporting.report_app, name="report")
app.add_typer(reporting.insight_app, name="insight")
app.add_typer(bench_commands.app, name="bench")
mail_app = typer.Typer(no_args_is_help=True, help="Mail: say what one says and what becomes of it.")
app.add_typer(mail_app, name="mail")


def main() -> None:
    """Run the command line; what an operator can mend is told in one sentence."""
    try:
        app()
    except Exception as error:
        if os.environ.get("ANSVAR_DEBUG", "").lower() in {"1", "true", "yes"}:
            raise
        if isinstance(error, Trouble):
            console.refuse(str(error))
            sys.exit(error.exit_code)
        what = f"{type(error).__name__}: {error}".rstrip(".")
        console.refuse(f"An error nobody foresaw: {what}. ANSVAR_DEBUG=1 shows where it arose.")
        sys.exit(1)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        print(f"Ansvar {ansvar.__version__}")
        raise typer.Exit


@app.callback()
def _ansvar(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Data folder (ANSVAR_DATA).", show_default=False)
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    # The environment is where every part of the program looks, child processes included.
    if data is not None:
        os.environ["ANSVAR_DATA"] = str(data)


_Host = Annotated[str | None, typer.Option(help="Address to listen on (ANSVAR_HOST).")]
_Port = Annotated[int | None, typer.Option(help="Port to listen on (ANSVAR_PORT).")]


def _listen_on(host: str | None, port: int | None) -> None:
    if host is not None:
        os.environ["ANSVAR_HOST"] = host
    if port is not None:
        os.environ["ANSVAR_PORT"] = str(port)


@app.command()
def serve(
    *,
    host: _Host = None,
    port: _Port = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty Ansvar to try it.")] = False,
) -> None:
    """Run everything: database, web server, worker and mail receivers."""
    from ansvar.ops import serve as serving  # noqa: PLC0415  # keeps `ansvar --version` fast

    _listen_on(host, port)
    serving.serve(demo=demo)


@app.command()
def web(*, host: _Host = None, port: _Port = None) -> None:
    """Run the web server alone; any number may run beside one database."""
    from ansvar.ops import serve as serving  # noqa: PLC0415  # keeps `ansvar --version` fast

    _listen_on(host, port)
    serving.serve_pages()


@app.command()
def worker() -> None:
    """Run a worker alone: it does what is queued; any number may run."""
    from ansvar.ops import serve as serving  # noqa: PLC0415  # keeps `ansvar --version` fast

    serving.run_part("worker")


@app.command()
def receive(
    *,
    lmtp: Annotated[
        str,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Take mail that a mail server hands over by LMTP, instead of fetching it.",
        ),
    ] = "",
) -> None:
    """Run the mail receivers alone; run this once per installation."""
    from ansvar.ops import serve as serving  # noqa: PLC0415  # keeps `ansvar --version` fast

    if lmtp:
        serving.take_handed_mail(lmtp)
    else:
        serving.run_part("mail receiver")


@app.command()
def migrate() -> None:
    """Bring the tables of the database up to date."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.database_running(startup.load_django()):
        startup.migrate_with_words()


@demo_app.command("load")
def load_demo(
    tickets: Annotated[int, typer.Option(min=0, max=400, help="So many tickets.")] = 400,
) -> None:
    """Make the demo organisation."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import demonstration  # noqa: PLC0415  # needs Django set up

        demonstration.load(tickets)


@demo_app.command("remove")
def remove_demo() -> None:
    """Remove the demo organisation with everything on it."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import demonstration  # noqa: PLC0415  # needs Django set up

        demonstration.remove()


@demo_app.command("login-links")
def demo_login_links() -> None:
    """Print links that log one of the demo's people in."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import demonstration  # noqa: PLC0415  # needs Django set up

        demonstration.print_login_links()


@app.command()
def check(
    *,
    settings: Annotated[
        bool, typer.Option("--settings", help="List every setting with value and source.")
    ] = False,
) -> None:
    """Say what is wrong with this installation and how to mend it."""
    from ansvar.ops import checking  # noqa: PLC0415  # keeps `ansvar --version` fast

    if settings:
        checking.print_settings()
    elif not checking.print_findings():
        raise typer.Exit(1)


@app.command()
def verify(
    *,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many tickets, drawn by lot.")
    ] = None,
) -> None:
    """Recompute from the journal what is stored, and report every difference."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import inspection  # noqa: PLC0415  # needs Django set up

        if not inspection.print_differences(sample=sample):
            raise typer.Exit(1)


@app.command()
def facts(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="As a page for docs/.")] = False
) -> None:
    """Print what can happen, and what follows from it."""
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    startup.load_django()
    from ansvar.ops import inspection  # noqa: PLC0415  # needs Django set up

    if markdown:
        typer.echo(inspection.facts_as_markdown())
    else:
        inspection.print_facts()


@mail_app.command("explain")
def explain_mail(
    files: Annotated[
        list[str],
        typer.Argument(help="Mails, mailbox files, folders of them; - for standard input."),
    ],
    *,
    pretty: Annotated[bool, typer.Option("--pretty", help="Indent the JSON.")] = False,
    against_database: Annotated[
        bool,
        typer.Option("--against-database", help="Add sender, thread and ticket as known here."),
    ] = False,
) -> None:
    """Print for each mail, as a JSON object a line, what it says and what would become of it."""
    from ansvar.ops import explaining  # noqa: PLC0415  # keeps `ansvar --version` fast

    if against_database:
        from ansvar.ops import startup  # noqa: PLC0415  # as above

        with startup.ready():
            all_open = explaining.explain_against_database(files, is_pretty=pretty)
    else:
        all_open = explaining.explain_alone(files, is_pretty=pretty)
    if not all_open:
        raise typer.Exit(2)


@mail_app.command("pipe")
def pipe_mail(
    *,
    mailbox: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Whose mail it is, if the mail does not say.")
    ] = "",
) -> None:
    """Take one mail from standard input; ends as mail servers expect (0, 65, 67, 75)."""
    from ansvar.ops import piping  # noqa: PLC0415  # keeps `ansvar --version` fast

    raise typer.Exit(piping.take_mail(sys.stdin.buffer, mailbox))


@app.command()
def createuser(
    *,
    name: Annotated[str, typer.Option(prompt="Name", help="First and last name.")],
    email: Annotated[str, typer.Option(prompt="E-mail", help="Address to log in with.")],
    role: Annotated[
        str, typer.Option(help="requester, agent, ..., administrator.")
    ] = "administrator",
    desk: Annotated[
        str, typer.Option(help="Prefix of the desk the role is for, such as IT; all if left out.")
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make a person who can log in, such as the first administrator."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    from ansvar.ops import startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    with startup.ready():
        from ansvar.ops import accounts  # noqa: PLC0415  # needs Django set up

        accounts.create_user(name, email, role=role, desk=desk, password=password)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def manage(context: typer.Context) -> None:
    """Run a management command of Django, for developers."""
    from ansvar.ops import database, startup  # noqa: PLC0415  # keeps `ansvar --version` fast

    loaded = startup.load_django()
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # as above

    arguments = ["ansvar manage", *context.args]
    without_database = {"makemessages", "compilemessages", "help", "version"}
    if database.is_embedded(loaded) and not without_database.intersection(context.args[:1]):
        with startup.database_running(loaded):
            execute_from_command_line(arguments)
    else:
        execute_from_command_line(arguments)
