"""An index for what runs: in the order of deadlines, the many that are over stand before it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0016_bounced")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["due_at", "id"],
                name="case_pressing",
                condition=models.Q(
                    ("imported", False),
                    ("paused", False),
                    ("state__in", ["registered", "accepted", "dispatched", "in_progress"]),
                ),
            ),
        ),
    ]
