"""A desk's own words for the mails that Ansvar writes by itself."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ansvar.conversations.facts import MailTemplateChanged, MailTemplateReset
from ansvar.conversations.models import MailTemplate
from ansvar.conversations.templates import KINDS, built_in, check_template
from ansvar.kernel.actor import Actor
from ansvar.kernel.command import command
from ansvar.kernel.journal import record
from ansvar.kernel.rights import require
from ansvar.people.models import Desk


@command
def set_mail_template(
    desk_id: int, *, kind: str, language: str, text: str, by: Actor
) -> MailTemplate | None:
    """Give a kind of mail words of the desk's own; the built-in ones, given back, are none.

    The same words again: silent.

    Raises: NotPermitted; ValidationError.
    Records: MailTemplateChanged; MailTemplateReset.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "mailbox.manage", desk)
    if kind not in KINDS or language not in dict(settings.LANGUAGES):
        raise ValidationError(_("There is no such mail, or it is not written in this language."))
    words = text.replace("\r\n", "\n").strip()
    check_template(kind, words)
    if words == (built_in(kind, language) or "").strip():
        reset_mail_template(desk_id, kind=kind, language=language, by=by)
        return None
    present = MailTemplate.objects.filter(desk=desk, kind=kind, language=language).first()
    if present is not None and present.text == words:
        return present
    before = present.text if present else ""
    template = present or MailTemplate(desk=desk, kind=kind, language=language)
    template.text = words
    template.save()
    record(
        MailTemplateChanged(
            subject_id=desk.pk, kind=kind, language=language, before=before, after=words
        ),
        by=by,
    )
    return template


@command
def reset_mail_template(desk_id: int, *, kind: str, language: str, by: Actor) -> None:
    """Go back to the built-in words. Without words of the desk's own: silent.

    Raises: NotPermitted.
    Records: MailTemplateReset.
    """
    desk = Desk.objects.select_for_update().get(pk=desk_id)
    require(by, "mailbox.manage", desk)
    own = MailTemplate.objects.filter(desk=desk, kind=kind, language=language).first()
    if own is None:
        return
    own.delete()
    record(
        MailTemplateReset(subject_id=desk.pk, kind=kind, language=language, before=own.text), by=by
    )
