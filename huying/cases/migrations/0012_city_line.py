"""The city hotline's orders beside our cases, the messages of its line, reconciliations."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

CITY_STATES = [
    ("sent", "待签收"),
    ("signed", "已签收"),
    ("answered", "已回传"),
    ("returned", "已退单"),
    ("withdrawn", "已撤销"),
]
SAID = [
    ("order", "转办"),
    ("ruling", "裁定"),
    ("deadline", "改期"),
    ("redo", "重办"),
    ("withdrawn", "撤销"),
]
REPORTED = [
    ("signed", "签收"),
    ("return_asked", "申请退单"),
    ("extension_asked", "申请延期"),
    ("answered", "办结回传"),
    ("withdrawn", "诉求人撤诉"),
    ("report", "补报"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_calls_and_meetings")]

    operations = [
        migrations.AddField(
            "case",
            "city_state",
            models.CharField(
                blank=True,
                choices=CITY_STATES,
                default="",
                help_text="Of the city hotline's order",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "case",
            "city_round",
            models.PositiveSmallIntegerField(default=0, help_text="Redone for the city"),
        ),
        migrations.AddField(
            "case",
            "city_asked",
            models.CharField(
                blank=True,
                choices=[("return", "退单"), ("extension", "延期")],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "case",
            "city_due_at",
            models.DateTimeField(help_text="The city's deadline, which governs", null=True),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                django.db.models.functions.text.Right("external_number", 4),
                condition=models.Q(("channel", "hotline")),
                name="case_external_tail",
            ),
        ),
        migrations.CreateModel(
            name="CityMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("way", models.CharField(choices=[("in", "收到"), ("out", "发出")], max_length=3)),
                (
                    "key",
                    models.CharField(
                        help_text="Chosen by the sender; the same when repeated", max_length=64
                    ),
                ),
                ("order", models.CharField(help_text="The city's number", max_length=40)),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[*SAID, *REPORTED], max_length=16)),
                ("content", models.BinaryField()),
                ("at", models.DateTimeField(help_text="When it was said")),
                ("kept_at", models.DateTimeField(help_text="When it came, or was made")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待"), ("done", "完成"), ("refused", "未被接受")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "by_sheet",
                    models.BooleanField(
                        default=False, help_text="Came in a workbook, the line down"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["way", "id"],
                        name="city_message_open",
                    ),
                    models.Index(fields=["way", "kept_at"], name="city_message_kept"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("way", "key"), name="city_message_once"),
                    models.UniqueConstraint(
                        fields=("way", "order", "sequence"), name="city_message_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CityCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("by", models.CharField(max_length=128)),
                ("ours", models.PositiveIntegerField(default=0)),
                ("theirs", models.PositiveIntegerField(default=0)),
                (
                    "error",
                    models.TextField(blank=True, help_text="Why the city's book could not be had"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CityDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing_here", "我方没有"),
                            ("missing_there", "市里没有"),
                            ("state", "办理情况不一致"),
                            ("due", "时限不一致"),
                            ("reply", "回传内容不一致"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "remedy",
                    models.CharField(
                        choices=[
                            ("pull", "取回市里的消息"),
                            ("push", "重发我方的消息"),
                            ("adopt", "以市里为准"),
                            ("report", "向市里补报"),
                        ],
                        max_length=8,
                    ),
                ),
                ("ours", models.CharField(blank=True, max_length=200)),
                ("theirs", models.CharField(blank=True, max_length=200)),
                ("mended_at", models.DateTimeField(null=True)),
                ("mended_by", models.CharField(blank=True, max_length=128)),
                (
                    "found",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="cases.citycheck",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("found", "order", "kind"), name="city_difference_once"
                    )
                ],
            },
        ),
    ]
