"""Words are looked up together with when tickets were opened: the newest ones first."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    BtreeGinExtension,
    RemoveIndexConcurrently,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('tickets', '0010_service_indexes'),
    ]

    operations = [
        BtreeGinExtension(),
        AddIndexConcurrently(
            model_name='ticket',
            index=django.contrib.postgres.indexes.GinIndex(
                models.F('search'),
                models.Func(
                    models.F('id'),
                    output_field=models.BigIntegerField(),
                    template='(%(expressions)s >> 12)',
                ),
                name='ticket_words',
            ),
        ),
        RemoveIndexConcurrently(
            model_name='ticket',
            name='ticket_search',
        ),
    ]
