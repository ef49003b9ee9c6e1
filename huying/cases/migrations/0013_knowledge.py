import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0012_city_line"),
        ("org", "0002_ground"),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('withdrawn', '已撤下')], default='draft', max_length=10)),
                ('version', models.PositiveIntegerField(default=1)),
                ('shown', models.PositiveIntegerField(default=0, help_text='The published version, 0 never')),
                ('title', models.CharField(max_length=120)),
                ('body', models.TextField()),
                ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('basis', models.CharField(blank=True, help_text='条例 article or source', max_length=200)),
                ('valid_until', models.DateField(null=True)),
                ('written_at', models.DateTimeField()),
                ('written_id', models.CharField(max_length=64)),
                ('written_by', models.CharField(max_length=128)),
                ('published_at', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('reviewed_by', models.CharField(blank=True, max_length=128)),
                ('withdrawal', models.TextField(blank=True)),
                ('used', models.PositiveIntegerField(default=0, help_text='How many answers cite it')),
                ('search', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('body', models.TextField()),
                ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('basis', models.CharField(blank=True, max_length=200)),
                ('valid_until', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('by_id', models.CharField(max_length=64)),
                ('by', models.CharField(max_length=128)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='cases.article')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
            ],
        ),
        migrations.CreateModel(
            name='ReplyTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(blank=True, help_text='Of a default of the product', max_length=32)),
                ('name', models.CharField(max_length=60)),
                ('verb', models.CharField(help_text='One of FIELDS', max_length=20)),
                ('scope', models.CharField(choices=[('own', '只有我'), ('unit', '本单位'), ('district', '全区')], max_length=8)),
                ('owner', models.CharField(blank=True, help_text='The asker, of an own one', max_length=64)),
                ('text', models.TextField()),
                ('active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.CharField(max_length=128)),
                ('confirmed_by', models.CharField(blank=True, max_length=128)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.category')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-written_at', '-id'], name='article_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='article_search'),
        ),
        migrations.AddConstraint(
            model_name='articleversion',
            constraint=models.UniqueConstraint(fields=('article', 'number'), name='article_version_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articleversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1e0be3ed30741ab4bfa3209775fc89a095102e5e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_efb7a', table='cases_articleversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='replytemplate',
            index=models.Index(fields=['-written_at', '-id'], name='template_newest'),
        ),
        migrations.AddConstraint(
            model_name='replytemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='template_default_once'),
        ),
        migrations.AddConstraint(
            model_name='replytemplate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scope', 'own'), ('unit__isnull', True), models.Q(('owner', ''), _negated=True)), models.Q(('owner', ''), ('scope', 'unit'), ('unit__isnull', False)), models.Q(('owner', ''), ('scope', 'district'), ('unit__isnull', True)), _connector='OR'), name='template_scope'),
        ),
    ]
