"""The search table anew: derived, so its rows are written again by `manage.py check_search --mend`.

Columns of fixed width come first and the words last, stored beside the row: see `PostingSearch`.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import people.fields


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_resumes")]

    operations = [
        migrations.DeleteModel(name="PostingSearch"),
        migrations.CreateModel(
            name="PostingSearch",
            fields=[
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="jobs.posting",
                    ),
                ),
                ("cell", models.BigIntegerField()),
                ("posted_at", models.DateTimeField()),
                ("valid_until", models.DateField()),
                ("monthly_max", models.PositiveIntegerField(default=0)),
                ("lng", models.IntegerField(null=True)),
                ("lat", models.IntegerField(null=True)),
                ("education_rank", models.PositiveSmallIntegerField()),
                ("experience_min", models.PositiveSmallIntegerField()),
                ("industry", models.CharField(blank=True, default="", max_length=1)),
                ("region_path", people.fields.PathField(blank=True, db_collation="C", default="", max_length=80)),
                ("kind", models.CharField(max_length=16)),
                (
                    "suits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name": "岗位检索",
                "verbose_name_plural": "岗位检索",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="search_words"),
                    models.Index(fields=["-posted_at", "-posting"], name="search_newest"),
                    models.Index(fields=["-monthly_max", "-posting"], name="search_best_paid"),
                    models.Index(fields=["region_path"], name="search_region"),
                    models.Index(fields=["lat", "lng"], name="search_point"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=40, primary_key=True, serialize=False)),
                ("share", models.FloatField()),
            ],
            options={"verbose_name": "检索用词", "verbose_name_plural": "检索用词"},
        ),
        migrations.RunSQL(
            """
            ALTER TABLE jobs_postingsearch SET (toast_tuple_target = 128);
            ALTER TABLE jobs_postingsearch ALTER COLUMN words SET STORAGE EXTERNAL;
            """,
            migrations.RunSQL.noop,
        ),
    ]
