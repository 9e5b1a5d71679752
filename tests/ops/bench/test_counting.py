import os
import subprocess
import threading
import time

import pytest

from ansvar.ops.bench import processes
from ansvar.ops.bench.cluster import Backend, Spent, Statement, backend_seconds, new_statements
from ansvar.ops.bench.explaining import plans_in
from ansvar.ops.bench.letters import letters
from ansvar.ops.bench.weighing import referred_by

STAT = (
    "42 (a (strange) name) S 1 42 42 0 -1 4194560 100 200 0 0 310 90 250 50 20 0 1 0 99 1000 2 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0"
)
ROLLUP = (
    "55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss:   5000 kB\nPss:   2048 kB\nPss_Anon: 9 kB\n"
)
LOG = """2026-11-22 UTC [7] LOG:  duration: 12.5 ms  plan:
\t{
\t  "Query Text": "SELECT 1\\n  FROM ticket",
\t  "Plan": {"Node Type": "Limit", "Plan Rows": 1, "Actual Rows": 1.00, "Actual Loops": 1,
\t    "Shared Hit Blocks": 2, "Shared Read Blocks": 1,
\t    "Plans": [{"Node Type": "Index Scan", "Relation Name": "ticket", "Index Name": "ticket_pkey",
\t      "Plan Rows": 9, "Actual Rows": 3.50, "Actual Loops": 2, "Index Cond": "(id = 5)",
\t      "Filter": "(NOT hidden)", "Rows Removed by Filter": 4}]}
\t}
2026-11-22 UTC [7] LOG:  something else
2026-11-22 UTC [8] LOG:  duration: 3.0 ms  plan:
\t{ "Query Text": "broken off
"""


def a_statement(text: str, *, calls: int, milliseconds: float = 1.0, parallel: int = 0):
    return Statement(
        text=text, calls=calls, milliseconds=milliseconds, rows=0, blocks=0, parallel=parallel
    )


def spent(*, ended: float = 0.0, statements=(), **backends: float) -> Spent:
    return Spent(
        backends={
            int(name.rpartition("_")[2]): Backend(part=name.partition("_")[0], seconds=seconds)
            for name, seconds in backends.items()
        },
        ended=ended,
        others=0.0,
        statements={(one.text,): one for one in statements},
    )


def test_the_time_of_ended_children_stands_behind_a_name_with_brackets():
    assert processes.reaped_seconds(STAT) == 3.0


def test_shared_memory_counts_by_its_share():
    assert processes.proportional_kilobytes(ROLLUP) == 2048
    assert processes.proportional_kilobytes("") == 0


def test_the_own_process_is_counted_with_all_its_threads():
    def work() -> None:
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass

    before = processes.processor_seconds(os.getpid())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert processes.processor_seconds(os.getpid()) - before >= 0.02
    assert processes.memory_megabytes([os.getpid()]) > 1
    assert processes.tree_of(os.getpid())[0] == os.getpid()


def test_a_process_that_is_gone_costs_nothing():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert processes.processor_seconds(gone.pid) == 0
    assert processes.memory_megabytes([gone.pid]) == 0


def test_backends_are_counted_by_the_part_they_serve():
    before = spent(web_1=1.0, worker_2=5.0)
    after = spent(web_1=1.5, worker_2=7.0, web_3=0.25, ended=9.0)
    assert backend_seconds(before, after) == pytest.approx(2.75)
    assert backend_seconds(before, after, "web") == pytest.approx(0.75)


def test_what_a_closed_connection_used_is_found_with_those_that_ended():
    before, after = spent(web_1=1.0, ended=2.0), spent(ended=3.5)
    assert backend_seconds(before, after) == pytest.approx(0.5)


def test_parallel_workers_are_counted_when_there_were_any():
    alone = [a_statement("SELECT 1", calls=1)]
    helped = [a_statement("SELECT 1", calls=2, parallel=2)]
    assert backend_seconds(spent(web_1=1.0), spent(web_1=1.0, ended=1.0)) == 0
    assert backend_seconds(
        spent(web_1=1.0, statements=alone), spent(web_1=1.0, ended=1.0, statements=helped)
    ) == pytest.approx(1.0)


def test_statements_are_what_was_asked_between_two_moments_the_dearest_first():
    before = [a_statement("old", calls=5, milliseconds=50), a_statement("reset", calls=9)]
    after = [
        a_statement("old", calls=7, milliseconds=52),
        a_statement("reset", calls=1, milliseconds=9),
        a_statement("new", calls=3, milliseconds=4),
    ]
    found = new_statements(spent(statements=before), spent(statements=after))
    assert [(one.text, one.calls, one.milliseconds) for one in found] == [
        ("reset", 1, 9),
        ("new", 3, 4),
        ("old", 2, 2),
    ]
    assert new_statements(spent(statements=after), spent(statements=after)) == []


@pytest.mark.parametrize("text", ["BEGIN", "COMMIT", 'SAVEPOINT "s1"', "SET TIME ZONE $1"])
def test_beginning_and_ending_is_no_question(text):
    assert not a_statement(text, calls=1).is_question
    assert a_statement("SELECT set_config($1)", calls=1).is_question


def test_what_the_database_asks_itself_is_no_question():
    asked = 'SELECT $2 FROM ONLY "public"."people_desk" x WHERE "id" = $1 FOR KEY SHARE OF x'
    assert not a_statement(asked, calls=1).is_question
    assert a_statement("SELECT 1 FROM people_desk x FOR KEY SHARE OF x", calls=1).is_question


def test_plans_are_read_from_the_log_of_the_server():
    (plan,) = plans_in(LOG)
    assert (plan.milliseconds, plan.text) == (12.5, "SELECT 1 FROM ticket")
    assert plan.lines == [
        "Limit: 1 rows (guessed 1), 3 pages",
        "  Index Scan ticket ticket_pkey: 3.5 rows (guessed 9) × 2, 0 pages",
        "      Index Cond: (id = 5)",
        "      Filter: (NOT hidden) (dropped 4)",
    ]


PAGE = """<html><head><link rel="stylesheet" href="/s/a.css"><link rel="alternate" href="/feed">
<link rel="icon" href="/s/i.svg"><script src="/s/a.js"></script></head>
<body><img src="data:image/png;base64,x"><svg><use href="/s/icons.svg#bell"></use></svg>
<svg><use href="/s/icons.svg#user"></use></svg><a href="/other/">other</a></body></html>"""


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("text/html; charset=utf-8", PAGE, ["/s/a.css", "/s/i.svg", "/s/a.js", "/s/icons.svg"]),
        ("text/javascript", 'import "./b.js";\nimport {c} from "../c.js";', ["/s/b.js", "/c.js"]),
        ("text/css", "a{background:url(p.svg)} @font-face{src:url('f.woff2')}", ["/s/p.svg"]),
        ("image/svg+xml", "<svg/>", []),
    ],
)
def test_a_browser_fetches_what_a_resource_refers_to(kind, text, found):
    assert referred_by("/s/here", kind, text) == found


def test_letters_are_the_same_for_the_same_seed_and_of_every_kind(monkeypatch):
    monkeypatch.setattr("ansvar.ops.bench.letters._SMALLEST_FILE", 100)
    made = list(letters(60, to="it@a.example", senders=["a@b.example"], seed="s"))
    again = list(letters(60, to="it@a.example", senders=["a@b.example"], seed="s"))
    without_date = [
        [[line for line in one.splitlines() if not line.startswith(b"Date:")] for one in some]
        for some in (made, again)
    ]
    assert len(set(made)) == 60
    assert [lines[:4] for lines in without_date[0]] == [lines[:4] for lines in without_date[1]]
    for mark in (b"text/html", b"screen.png", b"In-Reply-To:", b"From: new."):
        assert any(mark in one for one in made)
