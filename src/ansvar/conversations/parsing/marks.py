"""What is special about a mail, with a sentence each for those who read it."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Mark(StrEnum):
    """Something about a mail that its words do not say."""

    SIGNED_SMIME = "signed-smime"
    ENCRYPTED_SMIME = "encrypted-smime"
    SIGNED_PGP = "signed-pgp"
    ENCRYPTED_PGP = "encrypted-pgp"
    INVITATION = "invitation"
    TNEF = "tnef"
    BROKEN_TNEF = "broken-tnef"
    INLINE_FILES = "inline-files"
    CUT = "cut"
    MENDED = "mended"
    SEVERAL_SENDERS = "several-senders"

    @property
    def sentence(self) -> str:
        """What it means to a reader."""
        return str(_SENTENCES[self])

    @property
    def is_encryption(self) -> bool:
        """Whether the words cannot be read here."""
        return self in {Mark.ENCRYPTED_SMIME, Mark.ENCRYPTED_PGP}


_SENTENCES = {
    Mark.SIGNED_SMIME: _("The mail is signed (S/MIME); the signature has not been checked."),
    Mark.ENCRYPTED_SMIME: _(
        "The mail is encrypted (S/MIME): only its recipient's program can read it."
    ),
    Mark.SIGNED_PGP: _("The mail is signed (PGP); the signature has not been checked."),
    Mark.ENCRYPTED_PGP: _("The mail is encrypted (PGP): only its recipient's program can read it."),
    Mark.INVITATION: _("The mail is about an appointment; its calendar entry is among the files."),
    Mark.TNEF: _("Outlook packed text or files into winmail.dat; they have been unpacked."),
    Mark.BROKEN_TNEF: _("The mail holds a broken winmail.dat: not all in it could be unpacked."),
    Mark.INLINE_FILES: _("Files stood within the lines of the text; they have been taken out."),
    Mark.CUT: _("The mail is longer than what is shown; the whole is in the raw mail."),
    Mark.MENDED: _("Parts of the mail are broken and were read as well as they can be."),
    Mark.SEVERAL_SENDERS: _(
        "The mail names different senders in more than one From line; the first was taken."
    ),
}
