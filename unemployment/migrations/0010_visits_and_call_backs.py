import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.models.base
import core.triggers


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("people", "__first__"),
        ("unemployment", "0009_one_way_to_hand_in_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="QualityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=core.models.base.DatabaseUUID7(),
                        default=core.ids.uuid7,
                        editable=False,
                        unique=True,
                        verbose_name="编号",
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                ("drawn_on", models.DateField(verbose_name="抽中日期")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "待抽查"), ("done", "已抽查")],
                        db_default="open",
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("true", "属实"),
                            ("differs", "和记录不符"),
                            ("invented", "本人说没有联系过"),
                            ("not_reached", "抽查没有打通"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                        verbose_name="抽查结果",
                    ),
                ),
                ("note", models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="说明")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="抽查时间")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="抽查人",
                    ),
                ),
                (
                    "follow_up",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quality",
                        to="unemployment.followup",
                        verbose_name="跟踪调查",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
            ],
            options={
                "verbose_name": "跟踪调查抽查",
                "verbose_name_plural": "跟踪调查抽查",
                "indexes": [models.Index(fields=["status", "drawn_on"], name="quality_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"),
                            models.Q(
                                ("done_at__isnull", False),
                                ("done_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="quality_outcome",
                        violation_error_message="请选抽查的结果。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_by", None),
                            models.Q(("done_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="quality_second_person",
                        violation_error_message="不能抽查自己记的联系。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_qualitycheckhistory" ("id", "public_id", "version", "follow_up_id", "recorded_by_id", "drawn_on", "status", "outcome", "note", "done_by_id", "done_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT n."id", n."public_id", n."version", n."follow_up_id", n."recorded_by_id", n."drawn_on", n."status", n."outcome", n."note", n."done_by_id", n."done_at", clock_timestamp(), \'insert\', n."id", ctx, audit_xid() FROM new_rows n; RETURN NULL;',
                            hash="b245023cd2d95cef6386dab2039b53f3db1ae6ef",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_bd844",
                            referencing="REFERENCING NEW TABLE AS new_rows ",
                            table="unemployment_qualitycheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; EXECUTE $q$ INSERT INTO "unemployment_qualitycheckhistory" ("id", "public_id", "version", "follow_up_id", "recorded_by_id", "drawn_on", "status", "outcome", "note", "done_by_id", "done_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT n."id", n."public_id", n."version", n."follow_up_id", n."recorded_by_id", n."drawn_on", n."status", n."outcome", n."note", n."done_by_id", n."done_at", clock_timestamp(), \'update\', n."id", $1, audit_xid() FROM new_rows n LEFT JOIN old_rows o ON o."id" = n."id" WHERE o."id" IS NULL OR (o."id" IS DISTINCT FROM n."id" OR o."public_id" IS DISTINCT FROM n."public_id" OR o."version" IS DISTINCT FROM n."version" OR o."follow_up_id" IS DISTINCT FROM n."follow_up_id" OR o."recorded_by_id" IS DISTINCT FROM n."recorded_by_id" OR o."drawn_on" IS DISTINCT FROM n."drawn_on" OR o."status" IS DISTINCT FROM n."status" OR o."outcome" IS DISTINCT FROM n."outcome" OR o."note" IS DISTINCT FROM n."note" OR o."done_by_id" IS DISTINCT FROM n."done_by_id" OR o."done_at" IS DISTINCT FROM n."done_at") $q$ USING ctx; RETURN NULL;',
                            hash="1a9d22d4be123d3c266a9edbd307bb577ea1e0a4",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_c8f2e",
                            referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                            table="unemployment_qualitycheck",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_qualitycheckhistory" ("id", "public_id", "version", "follow_up_id", "recorded_by_id", "drawn_on", "status", "outcome", "note", "done_by_id", "done_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT o."id", o."public_id", o."version", o."follow_up_id", o."recorded_by_id", o."drawn_on", o."status", o."outcome", o."note", o."done_by_id", o."done_at", clock_timestamp(), \'delete\', o."id", ctx, audit_xid() FROM old_rows o; RETURN NULL;',
                            hash="17c04951db5f3d9aef33752b9cee57bd2356529c",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_b9802",
                            referencing="REFERENCING OLD TABLE AS old_rows ",
                            table="unemployment_qualitycheck",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityCheckHistory",
            fields=[
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField()),
                ("pgh_xid", models.BigIntegerField()),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=core.models.base.DatabaseUUID7(),
                        default=core.ids.uuid7,
                        editable=False,
                        verbose_name="编号",
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="版本")),
                ("drawn_on", models.DateField(verbose_name="抽中日期")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "待抽查"), ("done", "已抽查")],
                        db_default="open",
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("true", "属实"),
                            ("differs", "和记录不符"),
                            ("invented", "本人说没有联系过"),
                            ("not_reached", "抽查没有打通"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                        verbose_name="抽查结果",
                    ),
                ),
                ("note", models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="说明")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="抽查时间")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="抽查人",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.followup",
                        verbose_name="跟踪调查",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.qualitycheck",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
            ],
            options={
                "verbose_name": "跟踪调查抽查（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_14cd56_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="936ed1ad8f1326558c920709f2eb6105933f1443",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_4a988",
                            table="unemployment_qualitycheckhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=core.models.base.DatabaseUUID7(),
                        default=core.ids.uuid7,
                        editable=False,
                        unique=True,
                        verbose_name="编号",
                    ),
                ),
                ("consented", models.BooleanField(verbose_name="本人同意留下位置或照片")),
                (
                    "lng",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度（WGS-84）"
                    ),
                ),
                (
                    "lat",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度（WGS-84）"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="走访人",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proofs",
                        to="unemployment.followup",
                        verbose_name="跟踪调查",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.document",
                        verbose_name="走访照片",
                    ),
                ),
            ],
            options={
                "verbose_name": "走访留痕",
                "verbose_name_plural": "走访留痕",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consented", True)),
                        name="visit_proof_consent",
                        violation_error_message="没有本人同意，不能留位置和照片。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("photo__isnull", False),
                            models.Q(
                                ("lat__isnull", False),
                                ("lat__range", (3, 54)),
                                ("lng__isnull", False),
                                ("lng__range", (73, 136)),
                            ),
                            _connector="OR",
                        ),
                        name="visit_proof_something",
                        violation_error_message="请拍一张照片，或者记下位置。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_visitproofhistory" ("id", "public_id", "follow_up_id", "consented", "lng", "lat", "photo_id", "by_id", "at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."follow_up_id", NEW."consented", NEW."lng", NEW."lat", NEW."photo_id", NEW."by_id", NEW."at", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="7476b207ebcf428db874320f8dc9e5f7073c6ec1",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_3354d",
                            table="unemployment_visitproof",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."follow_up_id" IS DISTINCT FROM NEW."follow_up_id" OR OLD."consented" IS DISTINCT FROM NEW."consented" OR OLD."lng" IS DISTINCT FROM NEW."lng" OR OLD."lat" IS DISTINCT FROM NEW."lat" OR OLD."photo_id" IS DISTINCT FROM NEW."photo_id" OR OLD."by_id" IS DISTINCT FROM NEW."by_id" OR OLD."at" IS DISTINCT FROM NEW."at")',
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_visitproofhistory" ("id", "public_id", "follow_up_id", "consented", "lng", "lat", "photo_id", "by_id", "at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."follow_up_id", NEW."consented", NEW."lng", NEW."lat", NEW."photo_id", NEW."by_id", NEW."at", clock_timestamp(), \'update\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="5543f77b912317da5d470dc4b44b978e44766c3f",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_c4347",
                            table="unemployment_visitproof",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_visitproofhistory" ("id", "public_id", "follow_up_id", "consented", "lng", "lat", "photo_id", "by_id", "at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."follow_up_id", OLD."consented", OLD."lng", OLD."lat", OLD."photo_id", OLD."by_id", OLD."at", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                            hash="c0a639940cf2fdd8a64066912a98a08e69941245",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_e3d81",
                            table="unemployment_visitproof",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitProofHistory",
            fields=[
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField()),
                ("pgh_xid", models.BigIntegerField()),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=core.models.base.DatabaseUUID7(),
                        default=core.ids.uuid7,
                        editable=False,
                        verbose_name="编号",
                    ),
                ),
                ("consented", models.BooleanField(verbose_name="本人同意留下位置或照片")),
                (
                    "lng",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度（WGS-84）"
                    ),
                ),
                (
                    "lat",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度（WGS-84）"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="走访人",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.followup",
                        verbose_name="跟踪调查",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.visitproof",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.document",
                        verbose_name="走访照片",
                    ),
                ),
            ],
            options={
                "verbose_name": "走访留痕（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_b35778_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="5a076b31cdc065887afd17f7fb37870429548883",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_458ea",
                            table="unemployment_visitproofhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
