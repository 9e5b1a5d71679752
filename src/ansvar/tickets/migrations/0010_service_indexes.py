from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = ['new', 'assigned', 'in_work', 'waiting']


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('tickets', '0009_skills'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(fields=['service', 'opened_at'], name='ticket_of_service'),
        ),
        AddIndexConcurrently(
            model_name='ticket',
            index=models.Index(
                condition=models.Q(('state__in', OPEN)),
                fields=['service', 'opened_at', 'team'],
                name='ticket_open_of_service',
            ),
        ),
    ]
