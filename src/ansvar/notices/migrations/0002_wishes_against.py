from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_notices'),
    ]

    operations = [
        migrations.AddField(
            model_name='noticewish',
            name='is_wished',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
