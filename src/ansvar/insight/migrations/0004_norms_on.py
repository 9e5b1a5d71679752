from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insight', '0003_taken_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='rolledup',
            name='norms_on',
            field=models.DateField(null=True),
        ),
    ]
