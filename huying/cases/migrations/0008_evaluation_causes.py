from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_live_and_replied")]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unsolved", "问题没有解决"),
                    ("slow", "办得慢"),
                    ("attitude", "态度不好"),
                    ("answer", "答复不清楚或与事实不符"),
                    ("repeated", "问题反复出现"),
                    ("expectation", "诉求超出政策规定"),
                    ("unsaid", "不愿说明"),
                ],
                default="",
                help_text="Why the citizen is displeased",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evaluation",
            name="by_proxy",
            field=models.BooleanField(default=False, help_text="Somebody else answered (代答)"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="prompted",
            field=models.BooleanField(default=False, help_text="The answer was led (诱导)"),
        ),
    ]
