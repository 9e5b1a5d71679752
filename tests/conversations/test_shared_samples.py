import tarfile
from pathlib import Path

import pytest
from mails import a_desk_with_mail, arrived

from ansvar.conversations.models import InboundMail

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail" / "mail_samples.tar.xz"
NOT_MAIL = (".yml", ".yaml", ".rb", ".md", ".json")


@pytest.mark.shared_data
@pytest.mark.django_db
@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the sample mails beside the project")
@pytest.mark.parametrize("folder", ["parser", "malformed", "bounces"])
def test_every_sample_is_on_a_ticket_or_put_aside_with_a_reason(folder: str):
    mailbox = a_desk_with_mail()
    seen = 0
    with tarfile.open(SAMPLES) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if not (member.isfile() and name.startswith(f"{folder}/")) or name.endswith(NOT_MAIL):
                continue
            file = archive.extractfile(member)
            assert file is not None
            inbound = arrived(mailbox, file.read())
            seen += 1
            if inbound.state == InboundMail.State.TAKEN:
                assert inbound.ticket is not None, name
            else:
                assert inbound.state in {"ignored", "quarantined"}, name
                assert inbound.reason.endswith((".", ")")), (name, inbound.reason)
    assert seen > 40
