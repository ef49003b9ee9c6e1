import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPEN = ("sent", "accepted", "arrived")
STATES = [
    ("sent", "已派出"),
    ("accepted", "已接受，在路上"),
    ("arrived", "已到场"),
    ("done", "已反馈"),
    ("declined", "不能前往"),
    ("cancelled", "已撤回"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_papers"),
        ("org", "0002_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: list = [
        migrations.CreateModel(
            name="LastLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(max_length=60)),
                ("state", models.CharField(choices=STATES, default="sent", max_length=10)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("sent_at", models.DateTimeField()),
                ("sent_id", models.CharField(max_length=64)),
                ("sent_by", models.CharField(max_length=128)),
                ("until", models.DateTimeField(help_text="By when they should be there")),
                ("accepted_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("report", models.TextField(blank=True)),
                ("photos", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, help_text="Declined or cancelled, why", max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sendings",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", OPEN)), fields=["until"], name="sending_open"
                    ),
                    models.Index(fields=["person", "-sent_at"], name="sending_person"),
                    models.Index(fields=["-sent_at"], name="sending_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", OPEN)),
                            models.Q(
                                models.Q(("state__in", OPEN), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sending_ended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", OPEN)),
                        fields=("case", "person"),
                        name="sending_one_open",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(fields=["-at"], name="case_event_at"),
        ),
    ]
