from django.db import migrations


class Migration(migrations.Migration):
    """By when somebody hears from the desk is told by its communication policy."""

    dependencies = [("people", "0002_mail_policies")]

    operations = [migrations.RemoveField(model_name="desk", name="first_answer_hours")]
