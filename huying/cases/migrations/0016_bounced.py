"""An index for orders that were given back: among all that ever happened they are few."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0015_desk")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                fields=["-at"],
                name="case_event_bounced",
                condition=models.Q(("data__has_key", "minutes_lost")),
            ),
        ),
    ]
