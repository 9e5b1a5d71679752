"""Scripts: written as drafts, tested by walking them, published as versions that never change."""

from typing import Any

from django.core.exceptions import ValidationError

from ansvar.catalogue.decisions import (
    EMPTY_TREE,
    Fault,
    Outcome,
    Purpose,
    Tree,
    check_tree,
    parse_tree,
    walk,
)
from ansvar.catalogue.explaining import explain_faults
from ansvar.catalogue.facts import (
    DraftDiscarded,
    DraftSaved,
    DraftTested,
    ScriptChanged,
    ScriptCreated,
    ScriptPublished,
)
from ansvar.catalogue.models import Script, ScriptVersion, Service
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.changes import set_fields
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.refusal import Refusal, said
from ansvar.kernel.rights import require
from ansvar.people.models import Desk


class DraftMissing(Refusal):
    """There is no draft to test, publish or throw away."""

    status = 409


class DraftNotTested(Refusal):
    """Nobody has walked the draft, as it is now, to an end."""

    status = 409


class WalkNotFinished(Refusal):
    """The answers of a test do not reach an end."""


class TreeHasFaults(Refusal):
    """The draft cannot be published; `faults` says why."""

    def __init__(self, faults: list[Fault], tree: Tree) -> None:
        self.faults = faults
        super().__init__(" ".join(str(fault) for fault in explain_faults(faults, tree)))


@command
def create_script(
    *,
    desk: Desk,
    service: Service | None = None,
    purpose: Purpose = Purpose.IMPACT,
    name: str,
    by: Actor,
) -> Script:
    """Begin a script, of a service or as the desk's default, with an empty draft.

    Raises: NotPermitted; ValidationError, also for a second impact script of a service.
    Records: ScriptCreated; DraftSaved.
    """
    require(by, "script.edit", service or desk)
    if service is not None and service.desk_id != desk.pk:
        raise ValidationError({"service": f"{service.name} is of another desk. Choose another."})
    script = Script(desk=desk, service=service, purpose=purpose.value, name=name.strip())
    script.full_clean()
    script.save()
    record(
        ScriptCreated(
            subject_id=script.pk,
            title=script.name,
            purpose=purpose,
            desk_id=desk.pk,
            service_id=service.pk if service else None,
        ),
        by=by,
    )
    _write_draft(script, parse_tree(EMPTY_TREE), by=by)
    return script


@command
def edit_script(script_id: int, *, name: str, by: Actor) -> Script:
    """Rename a script.

    Raises: NotPermitted; ValidationError.
    Records: ScriptChanged.
    """
    script = _locked(script_id, by=by)
    if changes := set_fields(script, {"name": name.strip()}):
        script.full_clean()
        script.save(update_fields=[*changes])
        record(ScriptChanged(subject_id=script.pk, changes=changes), by=by)
    return script


@command
def save_draft(script_id: int, tree: Any, *, by: Actor) -> ScriptVersion:
    """Write the draft of a script; what is unfinished is kept, and shown as faults.

    The same tree again is silent. Any change makes the draft untested.

    Raises: NotPermitted; BadTree for something that is no tree at all.
    Records: DraftSaved.
    """
    return _write_draft(_locked(script_id, by=by), parse_tree(tree), by=by)


@command
def try_draft(script_id: int, answers: list[int], *, by: Actor) -> Outcome:
    """Walk the draft to an end by *answers*, numbered from 0; testing it again is silent.

    Raises: NotPermitted; DraftMissing; BadAnswer; BadTree; WalkNotFinished.
    Records: DraftTested.
    """
    script = _locked(script_id, by=by)
    draft = _draft_of(script)
    outcome = walk(parse_tree(draft.tree), answers)
    if not isinstance(outcome, Outcome):
        raise WalkNotFinished(
            said("“%(question)s” is still to be answered."), question=outcome.node.question
        )
    if draft.tested_at is None:
        draft.tested_at = clock.now()
        draft.save(update_fields=["tested_at"])
        record(
            DraftTested(
                subject_id=script.pk,
                version_id=draft.pk,
                number=draft.number,
                answers=list(answers),
                outcome=_in_short(outcome),
            ),
            by=by,
        )
    return outcome


def _in_short(outcome: Outcome) -> str:
    if outcome.impact is not None:
        return f"impact {outcome.impact}"
    return outcome.remedy or f"team {outcome.team_id}"


@command
def publish_draft(script_id: int, *, by: Actor) -> ScriptVersion:
    """Put the draft in force; tickets that ran the version before keep it.

    Raises: NotPermitted; DraftMissing; TreeHasFaults; DraftNotTested.
    Records: ScriptPublished.
    """
    script = _locked(script_id, by=by)
    draft = _draft_of(script)
    tree = parse_tree(draft.tree)
    if faults := check_tree(tree, Purpose(script.purpose)):
        raise TreeHasFaults(faults, tree)
    if draft.tested_at is None:
        raise DraftNotTested(
            said("Walk the draft to an end first: nobody has tried it as it is now.")
        )
    previous = script.versions.filter(state=ScriptVersion.State.PUBLISHED).first()
    if previous is not None:
        previous.state = ScriptVersion.State.REPLACED
        previous.save(update_fields=["state"])
    draft.state = ScriptVersion.State.PUBLISHED
    draft.published_at = clock.now()
    draft.save(update_fields=["state", "published_at"])
    record(
        ScriptPublished(
            subject_id=script.pk,
            version_id=draft.pk,
            number=draft.number,
            previous_id=previous.pk if previous else None,
        ),
        by=by,
    )
    return draft


@command
def discard_draft(script_id: int, *, by: Actor) -> None:
    """Throw the draft away; what is published stays.

    Raises: NotPermitted; DraftMissing.
    Records: DraftDiscarded.
    """
    script = _locked(script_id, by=by)
    draft = _draft_of(script)
    number = draft.number
    draft.delete()
    record(DraftDiscarded(subject_id=script.pk, number=number), by=by)


@command
def restore_version(version_id: int, *, by: Actor) -> ScriptVersion:
    """Copy an old version into the draft, from where it is tested and published like any other.

    Raises: NotPermitted.
    Records: DraftSaved.
    """
    old = ScriptVersion.objects.get(pk=version_id)
    return _write_draft(_locked(old.script_id, by=by), parse_tree(old.tree), by=by)


def _locked(script_id: int, *, by: Actor) -> Script:
    script = Script.objects.select_for_update().get(pk=script_id)
    require(by, "script.edit", script.service or script.desk)
    return script


def _draft_of(script: Script) -> ScriptVersion:
    draft = script.versions.filter(state=ScriptVersion.State.DRAFT).first()
    if draft is None:
        raise DraftMissing(said("%(name)s has no draft. Change something first."), name=script.name)
    return draft


def _write_draft(script: Script, tree: Tree, *, by: Actor) -> ScriptVersion:
    stored = tree.stored()
    newest = script.versions.order_by("-number").first()
    draft = script.versions.filter(state=ScriptVersion.State.DRAFT).first()
    if draft is not None and parse_tree(draft.tree) == tree:
        return draft
    if draft is None:
        draft = ScriptVersion(script=script, number=newest.number + 1 if newest else 1)
        draft.made_at = clock.now()
    draft.tree = stored
    draft.tested_at = None
    draft.save()
    record(DraftSaved(subject_id=script.pk, version_id=draft.pk, number=draft.number), by=by)
    return draft
