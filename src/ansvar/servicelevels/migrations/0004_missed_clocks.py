from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('servicelevels', '0003_small_tables'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='clock',
            index=models.Index(
                condition=models.Q(('stopped_at__isnull', False), ('used__gt', models.F('target'))),
                fields=['desk', '-stopped_at', '-id'],
                name='clock_missed',
            ),
        ),
    ]
