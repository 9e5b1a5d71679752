"""Files that somebody sends with a form, several at once."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from typing_extensions import override

from ansvar.conversations.commands import NewFile
from ansvar.ui.wording import filesize

MOST_FILES = 10
LARGEST_TOGETHER = 25 * 1024 * 1024


class FilesInput(forms.FileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, bounded in number and size."""

    widget = FilesInput

    @override
    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list) else [data] if data else []
        files = [super(FilesField, self).clean(one, initial) for one in given]
        if len(files) > MOST_FILES:
            raise ValidationError(_("Send at most %(n)s files at once.") % {"n": MOST_FILES})
        if sum(one.size or 0 for one in files) > LARGEST_TOGETHER:
            raise ValidationError(
                _("Together the files may have %(size)s. Leave some out, or make them smaller.")
                % {"size": filesize(LARGEST_TOGETHER)}
            )
        return files


def new_files(files: "Iterable[UploadedFile[Any]]") -> list[NewFile]:
    """Return uploaded files as those of a message."""
    return [
        NewFile(
            name=one.name or "",
            media_type=one.content_type or "",
            content=one.file,  # type: ignore[arg-type]  # django-stubs: a file is a stream of bytes
        )
        for one in files
    ]
