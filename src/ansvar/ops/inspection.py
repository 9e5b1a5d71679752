"""What the journal says: facts with their reactions, and the proof that stored figures agree."""

from rich.tree import Tree

from ansvar.kernel.facts import facts
from ansvar.kernel.reactions import reactions_to
from ansvar.kernel.verification import verifiers
from ansvar.ops import console

# More is no help in a terminal; the count is told in full.
_SHOWN_DIFFERENCES = 50


def print_facts() -> None:
    """Print every fact with the reactions to it, at once and later."""
    for name, fact in facts.items():
        branch = Tree(f"[bold]{name}[/bold]  [dim]{fact.sentence()}[/dim]")
        for reaction in reactions_to(fact):
            when = "later" if reaction.later else "at once"
            branch.add(f"{when}  {reaction.name}  [dim]{reaction.sentence}[/dim]")
        console.out.print(branch)


def facts_as_markdown() -> str:
    """Return every fact with the reactions to it as a page for `docs/`."""
    lines = [
        "# Facts and reactions",
        "",
        "What can be recorded, and what follows from it. Made by `ansvar facts --markdown`.",
        "",
        "| fact | means | at once | later |",
        "|---|---|---|---|",
    ]
    for name, fact in sorted(facts.items()):
        if not fact.__module__.startswith("ansvar."):
            continue
        told = {
            later: "<br>".join(
                f"`{reaction.name}`" for reaction in reactions_to(fact) if reaction.later is later
            )
            for later in (False, True)
        }
        lines.append(f"| `{name}` | {fact.sentence()} | {told[False]} | {told[True]} |")
    return "\n".join(lines)


def print_differences(*, sample: int | None = None) -> bool:
    """Print where stored figures are not what the journal says; True when they all agree.

    With a *sample* only so many tickets are looked at, drawn by lot: each may be any of them.
    """
    found = 0
    for name, verifier in verifiers.items():
        with console.step(f"Verifying {name}") as doing:
            checked = differing = 0
            for progress in verifier(sample):
                checked = progress.checked
                differing += len(progress.differences)
                shown = progress.differences[: max(0, _SHOWN_DIFFERENCES - found)]
                for difference in shown:
                    console.out.print(f"[red]≠[/red] {difference}")
                found += len(progress.differences)
                doing.say(f"Verifying {name}: {checked}")
            doing.outcome = f"{name}: {checked} checked, {differing} different"
    if found:
        console.refuse(f"{found} stored values are not what the journal says.")
    else:
        console.out.print("Everything stored is what the journal says.")
    return not found
