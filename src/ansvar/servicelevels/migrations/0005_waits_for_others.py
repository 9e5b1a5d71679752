from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('servicelevels', '0004_missed_clocks'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='clock',
            index=models.Index(
                condition=models.Q(
                    ('due_at__isnull', False),
                    ('measure__in', ['supplier', 'third_party']),
                    ('stopped_at__isnull', True),
                ),
                fields=['due_at', 'id'],
                name='clock_of_others',
            ),
        ),
    ]
