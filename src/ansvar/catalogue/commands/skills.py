"""Saying how well one knows a service."""

from ansvar.catalogue.decisions import Skill
from ansvar.catalogue.facts import SkillDeclared
from ansvar.catalogue.models import DeclaredSkill, Service
from ansvar.kernel import clock
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.people.models import Person


@command
def declare_skill(service_id: int, *, person: Person, level: Skill | None, by: Actor) -> None:
    """Say how well somebody knows a service, or that nothing is said any more. As before: silent.

    Everybody who works at a desk says it of oneself; of others it needs the right to plan work.

    Raises: NotPermitted.
    Records: SkillDeclared.
    """
    service = Service.objects.get(pk=service_id)
    require(by, "service.read", service)
    if by.person_id != person.pk:
        require(by, "rota.edit", service)
    known = DeclaredSkill.objects.select_for_update().filter(service=service, person=person).first()
    before = known.level if known else None
    if before == level:
        return
    if level is None:
        DeclaredSkill.objects.filter(service=service, person=person).delete()
    else:
        DeclaredSkill.objects.update_or_create(
            service=service,
            person=person,
            defaults={"level": level, "declared_at": clock.now()},
        )
    record(
        SkillDeclared(subject_id=person.pk, service_id=service.pk, level=level, previous=before),
        by=by,
    )
