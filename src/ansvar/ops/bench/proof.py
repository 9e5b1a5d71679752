"""What must be true when the dust has settled: everything promised is there, and nothing twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ansvar.ops.bench.cluster import Cluster

_SHOWN: Final = 5
_WORDS: Final = {
    "api": "tickets that a program was told of",
    "mail": "mails that were taken",
    "reply": "answers of an agent",
    "note": "notes of an agent",
    "say": "words of a requester",
}
_COUNTED: Final = {
    # By the fact in the journal, not by the row that a page would show.
    "api": """
        SELECT split_part(t.subject, ' ', 1), count(e.id) FROM tickets_ticket t
        LEFT JOIN kernel_entry e ON e.subject_type = 'ticket' AND e.subject_id = t.id
            AND e.fact = 'ticket.opened'
        WHERE t.subject LIKE %s GROUP BY t.id, 1
    """,
    "mail": """
        SELECT split_part(t.subject, ' ', 1), count(e.id) FROM tickets_ticket t
        LEFT JOIN conversations_message m ON m.ticket_id = t.id AND m.direction = 'in'
        LEFT JOIN kernel_entry e ON e.subject_type = 'ticket' AND e.subject_id = t.id
            AND e.fact = 'ticket.opened' AND m.id IS NOT NULL
        WHERE t.subject LIKE %s GROUP BY t.id, 1
    """,
    "reply": """
        SELECT substring(text from '(reply[.][^[:space:]]+)'), count(*) FROM conversations_message
        WHERE direction = 'out' AND text LIKE %s GROUP BY 1
    """,
    "note": """
        SELECT substring(text from '(note[.][^[:space:]]+)'), count(*) FROM tickets_note
        WHERE text LIKE %s GROUP BY 1
    """,
    "say": """
        SELECT substring(text from '(say[.][^[:space:]]+)'), count(*) FROM conversations_message
        WHERE direction = 'in' AND text LIKE %s GROUP BY 1
    """,
}


def proven(
    cluster: Cluster, promised: Mapping[str, Sequence[str]], *, seed: str
) -> tuple[dict[str, int], list[str]]:
    """Return how much of each kind was found, and a sentence for all that is lost or there twice.

    What was not promised may be there or not, but once: its answer was lost on the way.
    """
    found_of_kind: dict[str, int] = {}
    failures = []
    for kind, question in _COUNTED.items():
        counted: Counter[str] = Counter()
        for token, count in cluster.rows(question, f"%{kind}.{seed}.%"):
            counted[token] += count
        tokens = promised.get(kind, ())
        lost = [token for token in tokens if not counted[token]]
        twice = [token for token, count in counted.items() if count > 1]
        found_of_kind[kind] = len(counted)
        for words, wrong in (("lost", lost), ("there twice", twice)):
            if wrong:
                failures.append(
                    f"{len(wrong)} {_WORDS[kind]} are {words}: {', '.join(wrong[:_SHOWN])}"
                )
    return found_of_kind, failures


def sent_once(cluster: Cluster, taken: Sequence[str], *, seed: str) -> tuple[int, int, list[str]]:
    """Compare the answers with what the mail server has taken.

    Returns how many have left, how many of them more than once under the same Message-ID, which
    programs for mail show once, and a sentence for those that have not left at all.
    """
    counted = Counter(one.strip("<>") for one in taken)
    rows = cluster.rows(
        "SELECT m.message_id, o.state FROM conversations_message m"
        " JOIN conversations_outboundmail o ON o.message_id = m.id WHERE m.text LIKE %s",
        f"%reply.{seed}.%",
    )
    missing = [token for token, _state in rows if not counted[token]]
    again = [token for token, _state in rows if counted[token] > 1]
    failures = []
    if missing:
        failures.append(f"{len(missing)} answers were not sent: {', '.join(missing[:_SHOWN])}")
    return len(rows) - len(missing), len(again), failures


def left_over(cluster: Cluster) -> list[str]:
    """Return a sentence for all work that is neither done nor waiting for its time."""
    questions = {
        "jobs have failed for good": "SELECT count(*) FROM kernel_failure WHERE state = 'open'",
        "jobs were given up": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
        "jobs are taken and not done": (
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
        ),
        "mails are stored and not read": (
            "SELECT count(*) FROM conversations_inboundmail WHERE state = 'stored'"
        ),
    }
    counted = {words: cluster.value(question) for words, question in questions.items()}
    return [f"{count} {words}" for words, count in counted.items() if count]
