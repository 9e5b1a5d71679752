import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django import forms

Draw = Callable[..., str]
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_priority_is_a_chip_and_says_when_there_is_none(drawn: Draw):
    assert 'class="priority p1 "' in drawn(
        "{% from 'ui/parts/mark.html' import priority %}{{ priority(1) }}"
    )
    assert "Not classified yet" in drawn(
        "{% from 'ui/parts/mark.html' import priority %}{{ priority(None) }}"
    )


def test_matrix_marks_exactly_one_cell(drawn: Draw):
    html = drawn(
        "{% from 'ui/parts/mark.html' import matrix %}{{ matrix(rows, 2, 3) }}",
        rows=[[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 5], [4, 5, 5, 5]],
    )
    assert re.findall(r'class="hit"[^>]*>(P\d)', html) == ["P4"]


@pytest.mark.parametrize(("given", "width"), [(-5, 0), (52, 52), (140, 100)])
def test_bar_stays_within_its_frame(drawn: Draw, given: int, width: int):
    html = drawn("{% from 'ui/parts/mark.html' import bar %}{{ bar(n) }}", n=given)
    assert f'width="{width}"' in html


def test_custody_shares_follow_the_time_and_bounces_have_a_word(drawn: Draw):
    spells = [
        {"holder": "Desk", "duration": "1 min", "seconds": 60, "bounce": False, "now": False},
        {"holder": "POS dev", "duration": "9 min", "seconds": 540, "bounce": True, "now": True},
    ]
    html = drawn(
        "{% from 'ui/parts/custody.html' import custody %}{{ custody(spells) }}", spells=spells
    )
    assert re.findall(r"share-(\d+)", html) == ["10", "90"]
    assert html.count("bounced back") == 1
    assert html.count('aria-current="true"') == 1


def test_field_wires_help_and_error_to_its_control(drawn: Draw):
    html = drawn(
        "{% from 'ui/parts/form.html' import field %}"
        "{{ field('mail', 'E-mail', kind='email', help='Yours', error='Not one') }}"
    )
    assert 'aria-describedby="field-mail-help field-mail-error"' in html
    assert 'id="field-mail-help"' in html
    assert 'id="field-mail-error"' in html
    assert 'aria-invalid="true"' in html
    assert '<label for="field-mail">' in html


class Report(forms.Form):
    subject = forms.CharField(help_text="As the caller says it")
    urgent = forms.BooleanField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_form_shows_each_error_beside_its_field(drawn: Draw):
    html = drawn(
        "{% from 'ui/parts/form.html' import form_fields %}{{ form_fields(form) }}",
        form=Report({"kind": "c"}),
    )
    assert 'aria-describedby="id_subject-help id_subject-error"' in html
    assert "This field is required." in html
    assert "Select a valid choice" in html
    assert 'type="hidden"' in html
    assert "2 things must be put right." in html


def test_message_note_and_hand_over_look_different(drawn: Draw):
    html = drawn(
        "{% import 'ui/parts/timeline.html' as t %}"
        "{% call t.message('Sara Lind', at) %}one{% endcall %}"
        "{% call t.note('Mikael', at) %}two{% endcall %}"
        "{% call t.happening('arrow-back-up', 'Handed back', at, tone='red') %}three{% endcall %}",
        at=NOON,
    )
    assert 'class="entry in"' in html
    assert 'class="entry note"' in html
    assert "note, agents only" in html
    assert 'class="entry-mark red"' in html


def test_macros_with_an_optional_body_do_without(drawn: Draw):
    html = drawn(
        "{% import 'ui/parts/timeline.html' as t %}{% from 'ui/parts/surface.html' import empty %}"
        "{{ t.happening('phone', 'Call', at) }}{{ empty('Nothing') }}",
        at=NOON,
    )
    assert "Nothing" in html


def test_button_names_its_key_for_eyes_and_scripts(drawn: Draw):
    html = drawn(
        "{% from 'ui/parts/button.html' import button %}{{ button('Send', key='Control+Enter') }}"
    )
    assert 'data-key="Control+Enter"' in html
    assert "Ctrl ↵" in html


def test_steps_say_which_is_now(drawn: Draw):
    html = drawn(
        "{% from 'ui/parts/mark.html' import stepper %}"
        "{{ stepper([('A', ''), ('B', ''), ('C', '')], 2) }}"
    )
    assert html.count('aria-current="step"') == 1
    assert "Step 2 of 3" in html
