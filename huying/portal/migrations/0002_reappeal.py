"""Citizens appeal again: a kind of message, and until when it may be sent."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("portal", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="followedcase",
            name="reappeal_until",
            field=models.DateTimeField(help_text="Set once it is archived", null=True),
        ),
        migrations.AlterField(
            model_name="intakemessage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("appeal", "诉求"),
                    ("comment", "补充"),
                    ("withdraw", "撤回"),
                    ("evaluate", "评价"),
                    ("reappeal", "再次诉求"),
                ],
                max_length=10,
            ),
        ),
    ]
