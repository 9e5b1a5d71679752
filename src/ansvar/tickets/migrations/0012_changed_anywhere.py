# What changed last is found along an index whatever desks somebody sees.

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('tickets', '0011_words_by_window'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(fields=['-changed_at', '-id'], name='ticket_changed_anywhere'),
        ),
    ]
