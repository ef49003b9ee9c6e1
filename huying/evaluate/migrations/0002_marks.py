import django.db.models.deletion
from django.db import migrations, models

KINDS = [("case", "诉求"), ("callback", "回访"), ("order", "派单")]
FLAWS = [
    ("waiting", "尚未回访"),
    ("unreached", "三次未接通"),
    ("by_proxy", "代答"),
    ("prompted", "诱导"),
]
FLAGS = ("responded", "signed", "contacted", "on_time", "called", "answered", "solved")
FLAGS += ("satisfied", "redone")


def key(to, **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **options
    )


class Migration(migrations.Migration):
    # Months frozen before keep their rows as they are: those of cases, without callbacks.

    dependencies = [
        ("cases", "0008_evaluation_causes"),
        ("org", "0001_initial"),
        ("evaluate", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("frozenmark", "due_at", "at"),
        migrations.AddField(
            "frozenmark",
            "kind",
            models.CharField(choices=KINDS, default="case", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField("frozenmark", "round", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("frozenmark", "returned", models.BooleanField(default=False)),
        migrations.AddField(
            "frozenmark",
            "minutes",
            models.PositiveIntegerField(default=0, help_text="That a returned order lay there"),
        ),
        migrations.AddField("frozenmark", "grade", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "frozenmark",
            "flaw",
            models.CharField(blank=True, choices=FLAWS, default="", max_length=10),
            preserve_default=False,
        ),
        *(
            migrations.AlterField("frozenmark", name, models.BooleanField(default=False))
            for name in FLAGS
        ),
        migrations.RemoveConstraint("frozenmark", "frozen_once"),
        migrations.AddConstraint(
            "frozenmark",
            models.UniqueConstraint(
                condition=models.Q(("kind", "case")),
                fields=("freeze", "case"),
                name="frozen_once",
            ),
        ),
        migrations.CreateModel(
            "Mark",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("unit_path", models.CharField(db_collation="C", max_length=128)),
                ("top", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("excluded", models.BooleanField()),
                *((name, models.BooleanField(default=False)) for name in FLAGS),
                ("returned", models.BooleanField(default=False)),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        default=0, help_text="That a returned order lay there"
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(null=True)),
                ("flaw", models.CharField(blank=True, choices=FLAWS, max_length=10)),
                (
                    "month",
                    models.DateField(help_text="The month of `at` in the district's zone"),
                ),
                ("case", key("cases.case")),
                ("unit", key("org.unit")),
            ],
            options={
                "indexes": [models.Index(fields=["month", "unit_path"], name="mark_month")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "case")),
                        fields=("case",),
                        name="mark_one_of_a_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "Marked",
            [
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
            ],
        ),
        migrations.AlterField(
            "assessmentappeal",
            "mark",
            models.CharField(
                choices=[
                    ("responded", "响应率"),
                    ("solved", "解决率"),
                    ("satisfied", "满意率"),
                    ("on_time", "按时办结率"),
                    ("signed", "及时签收率"),
                    ("answered", "有效回访率"),
                    ("redone", "重办率"),
                    ("returned", "退件率"),
                ],
                max_length=12,
            ),
        ),
    ]
