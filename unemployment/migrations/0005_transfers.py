import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.models.base
import core.triggers


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("people", "__first__"),
        ("unemployment", "0004_hardship_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentCode",
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
                ("phone_mask", models.CharField(editable=False, max_length=20, verbose_name="发到的手机")),
                ("code_hash", models.CharField(editable=False, max_length=80)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="发送时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效到")),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0, verbose_name="填错次数")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="本人",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "代办验证码",
                "verbose_name_plural": "代办验证码",
                "indexes": [models.Index(fields=["person", "-sent_at"], name="consent_code_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None), ("used_at__lte", models.F("expires_at")), _connector="OR"
                        ),
                        name="consent_code_in_time",
                        violation_error_message="验证码已经过期。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_consentcodehistory" ("id", "public_id", "person_id", "sent_by_id", "phone_mask", "sent_at", "expires_at", "wrong_tries", "used_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."person_id", NEW."sent_by_id", NEW."phone_mask", NEW."sent_at", NEW."expires_at", NEW."wrong_tries", NEW."used_at", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="8eced626892f930eba60b7d52cf4053e0721e214",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_e9184",
                            table="unemployment_consentcode",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."person_id" IS DISTINCT FROM NEW."person_id" OR OLD."sent_by_id" IS DISTINCT FROM NEW."sent_by_id" OR OLD."phone_mask" IS DISTINCT FROM NEW."phone_mask" OR OLD."code_hash" IS DISTINCT FROM NEW."code_hash" OR OLD."sent_at" IS DISTINCT FROM NEW."sent_at" OR OLD."expires_at" IS DISTINCT FROM NEW."expires_at" OR OLD."wrong_tries" IS DISTINCT FROM NEW."wrong_tries" OR OLD."used_at" IS DISTINCT FROM NEW."used_at")',
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_consentcodehistory" ("id", "public_id", "person_id", "sent_by_id", "phone_mask", "sent_at", "expires_at", "wrong_tries", "used_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."person_id", NEW."sent_by_id", NEW."phone_mask", NEW."sent_at", NEW."expires_at", NEW."wrong_tries", NEW."used_at", clock_timestamp(), \'update\', NEW."id", ctx || CASE WHEN (OLD."code_hash" IS DISTINCT FROM NEW."code_hash") THEN jsonb_build_object(\'hidden\', array_remove(ARRAY[CASE WHEN OLD."code_hash" IS DISTINCT FROM NEW."code_hash" THEN \'code_hash\' END]::text[], NULL)) ELSE \'{}\'::jsonb END, audit_xid()); RETURN NULL;',
                            hash="7d26819acdb364f6dead37dacb8664adebc36169",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_29208",
                            table="unemployment_consentcode",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_consentcodehistory" ("id", "public_id", "person_id", "sent_by_id", "phone_mask", "sent_at", "expires_at", "wrong_tries", "used_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."person_id", OLD."sent_by_id", OLD."phone_mask", OLD."sent_at", OLD."expires_at", OLD."wrong_tries", OLD."used_at", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                            hash="2ad77de7d3e9850b8fb65dffa7969d65054baf53",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_a21c7",
                            table="unemployment_consentcode",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentCodeHistory",
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
                ("phone_mask", models.CharField(editable=False, max_length=20, verbose_name="发到的手机")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="发送时间")),
                ("expires_at", models.DateTimeField(verbose_name="有效到")),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0, verbose_name="填错次数")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.person",
                        verbose_name="本人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.consentcode",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "代办验证码（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_b5ddd3_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="4a85b907370d0150dc74123ac381de0cc9920015",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_4d61d",
                            table="unemployment_consentcodehistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
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
                (
                    "direction",
                    models.CharField(choices=[("out", "转出"), ("in", "转入")], max_length=4, verbose_name="方向"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "待对方答复"),
                            ("accepted", "已转移"),
                            ("refused", "未同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="requested",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="转移原因")),
                ("by_person", models.BooleanField(default=False, verbose_name="本人申请")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="申请时间")),
                ("answer_by", models.DateField(verbose_name="应在哪天前答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("answer_note", models.CharField(blank=True, default="", max_length=200, verbose_name="答复说明")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.region",
                        verbose_name="原管理地",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfers",
                        to="unemployment.registration",
                        verbose_name="失业登记",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.region",
                        verbose_name="新管理地",
                    ),
                ),
            ],
            options={
                "verbose_name": "失业登记转移",
                "verbose_name_plural": "失业登记转移",
                "indexes": [
                    models.Index(fields=["target", "status"], name="transfer_target"),
                    models.Index(fields=["origin", "status"], name="transfer_origin"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "requested")),
                        fields=("registration",),
                        name="transfer_one_open",
                        violation_error_message="这份登记已经有一次转移在办，等答复以后再申请。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("target")), _negated=True),
                        name="transfer_elsewhere",
                        violation_error_message="新管理地和原管理地一样，不用转移。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "requested"),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="transfer_answered_by",
                        violation_error_message="转移的答复要写明谁、什么时候作出。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["refused", "withdrawn"]), _negated=True),
                            models.Q(("answer_note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="transfer_refusal_reason",
                        violation_error_message="不同意转移或撤回要写明原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "accepted"), _negated=True),
                            ("by_person", True),
                            models.Q(("answered_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="transfer_two_sides",
                        violation_error_message="申请转移的人不能自己答复。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_transferhistory" ("id", "public_id", "version", "registration_id", "direction", "origin_id", "target_id", "status", "reason", "asked_by_id", "by_person", "asked_at", "answer_by", "answered_by_id", "answered_at", "answer_note", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."registration_id", NEW."direction", NEW."origin_id", NEW."target_id", NEW."status", NEW."reason", NEW."asked_by_id", NEW."by_person", NEW."asked_at", NEW."answer_by", NEW."answered_by_id", NEW."answered_at", NEW."answer_note", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="15655dd504abd03e3a0f3f15bfdf6c8fcae79039",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_dbc91",
                            table="unemployment_transfer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."version" IS DISTINCT FROM NEW."version" OR OLD."registration_id" IS DISTINCT FROM NEW."registration_id" OR OLD."direction" IS DISTINCT FROM NEW."direction" OR OLD."origin_id" IS DISTINCT FROM NEW."origin_id" OR OLD."target_id" IS DISTINCT FROM NEW."target_id" OR OLD."status" IS DISTINCT FROM NEW."status" OR OLD."reason" IS DISTINCT FROM NEW."reason" OR OLD."asked_by_id" IS DISTINCT FROM NEW."asked_by_id" OR OLD."by_person" IS DISTINCT FROM NEW."by_person" OR OLD."asked_at" IS DISTINCT FROM NEW."asked_at" OR OLD."answer_by" IS DISTINCT FROM NEW."answer_by" OR OLD."answered_by_id" IS DISTINCT FROM NEW."answered_by_id" OR OLD."answered_at" IS DISTINCT FROM NEW."answered_at" OR OLD."answer_note" IS DISTINCT FROM NEW."answer_note")',
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_transferhistory" ("id", "public_id", "version", "registration_id", "direction", "origin_id", "target_id", "status", "reason", "asked_by_id", "by_person", "asked_at", "answer_by", "answered_by_id", "answered_at", "answer_note", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."registration_id", NEW."direction", NEW."origin_id", NEW."target_id", NEW."status", NEW."reason", NEW."asked_by_id", NEW."by_person", NEW."asked_at", NEW."answer_by", NEW."answered_by_id", NEW."answered_at", NEW."answer_note", clock_timestamp(), \'update\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="b6ae2344df078e72fd64c73370a6a8ef87b7cbd1",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_f86cd",
                            table="unemployment_transfer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_transferhistory" ("id", "public_id", "version", "registration_id", "direction", "origin_id", "target_id", "status", "reason", "asked_by_id", "by_person", "asked_at", "answer_by", "answered_by_id", "answered_at", "answer_note", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."version", OLD."registration_id", OLD."direction", OLD."origin_id", OLD."target_id", OLD."status", OLD."reason", OLD."asked_by_id", OLD."by_person", OLD."asked_at", OLD."answer_by", OLD."answered_by_id", OLD."answered_at", OLD."answer_note", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                            hash="ef82b28ede2644b1b0bd8c118a32610a2d947a99",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_2eb7e",
                            table="unemployment_transfer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferHistory",
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
                (
                    "direction",
                    models.CharField(choices=[("out", "转出"), ("in", "转入")], max_length=4, verbose_name="方向"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "待对方答复"),
                            ("accepted", "已转移"),
                            ("refused", "未同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="requested",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="转移原因")),
                ("by_person", models.BooleanField(default=False, verbose_name="本人申请")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="申请时间")),
                ("answer_by", models.DateField(verbose_name="应在哪天前答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("answer_note", models.CharField(blank=True, default="", max_length=200, verbose_name="答复说明")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.region",
                        verbose_name="原管理地",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.transfer",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.registration",
                        verbose_name="失业登记",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.region",
                        verbose_name="新管理地",
                    ),
                ),
            ],
            options={
                "verbose_name": "失业登记转移（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_1718b7_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="c43b4e0be199e9c9b02304a5f5fd3f4bc171275c",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_fe30c",
                            table="unemployment_transferhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="registration",
            name="history_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="registration",
            name="history_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="registration",
            name="history_delete",
        ),
        migrations.AlterField(
            model_name="escalation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("decision", "登记超过办理时限"),
                    ("first_contact", "首次联系超期"),
                    ("follow_up", "跟踪调查超期"),
                    ("unreachable", "联系不上"),
                    ("reply", "短信有回音"),
                    ("transfer", "转移超期没有答复"),
                ],
                max_length=16,
                verbose_name="事项",
            ),
        ),
        migrations.AlterField(
            model_name="escalationhistory",
            name="kind",
            field=models.CharField(
                choices=[
                    ("decision", "登记超过办理时限"),
                    ("first_contact", "首次联系超期"),
                    ("follow_up", "跟踪调查超期"),
                    ("unreachable", "联系不上"),
                    ("reply", "短信有回音"),
                    ("transfer", "转移超期没有答复"),
                ],
                max_length=16,
                verbose_name="事项",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_by_transfer",
                sql=core.triggers.GuardedTriggerSql(
                    condition="WHEN (OLD.status = 'active' AND NEW.region_id IS DISTINCT FROM OLD.region_id)",
                    func="IF NOT EXISTS (SELECT 1 FROM unemployment_transfer t WHERE t.registration_id = NEW.id AND t.status = 'accepted' AND t.origin_id = OLD.region_id AND t.target_id = NEW.region_id) THEN RAISE EXCEPTION 'a registration moves only by an accepted transfer' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_moves_by_transfer'; END IF; RETURN NEW;",
                    hash="a5475fec143e74400f6c429116c4172ac51e866c",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_by_transfer_5bb78",
                    table="unemployment_registration",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_fits",
                sql=core.triggers.GuardedTriggerSql(
                    condition="WHEN (NEW.channel = 'on_behalf')",
                    func="IF NEW.consent_id IS NOT NULL AND NOT EXISTS ( SELECT 1 FROM people_document d WHERE d.id = NEW.consent_id AND d.person_id = NEW.person_id) THEN RAISE EXCEPTION 'the signed consent is another person''s' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_consent_fits'; END IF; IF NEW.consent_code_id IS NOT NULL AND NOT EXISTS ( SELECT 1 FROM unemployment_consentcode c WHERE c.id = NEW.consent_code_id AND c.person_id = NEW.person_id AND c.used_at IS NOT NULL) THEN RAISE EXCEPTION 'the code of consent is another person''s or was never told' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_consent_fits'; END IF; RETURN NEW;",
                    hash="74fe77701090d7b69666ba7205a3b7261873dfb8",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_consent_fits_8da52",
                    table="unemployment_registration",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=core.triggers.GuardedTriggerSql(
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_registrationhistory" ("id", "public_id", "version", "person_id", "status", "channel", "region_id", "place_kind", "unemployed_on", "cause", "previous_employer", "claims_benefit", "household_kind", "nation", "political", "education", "health", "skill", "wants_job", "job_wish", "wants_training", "training_wish", "wants_business", "business_wish", "note", "steps_done", "saved_at", "pledged_at", "pledge_version", "consent_id", "consent_code_id", "receipt_number", "submitted_at", "decide_by", "taken_by_id", "decided_by_id", "decided_at", "decision_note", "refusal_reason", "corrections", "correction_items", "correction_asked_on", "correction_by", "registered_on", "first_contact_by", "first_contact_on", "worker_id", "ended_on", "ended_ground", "imported_history", "is_demo", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT n."id", n."public_id", n."version", n."person_id", n."status", n."channel", n."region_id", n."place_kind", n."unemployed_on", n."cause", n."previous_employer", n."claims_benefit", n."household_kind", n."nation", n."political", n."education", n."health", n."skill", n."wants_job", n."job_wish", n."wants_training", n."training_wish", n."wants_business", n."business_wish", n."note", n."steps_done", n."saved_at", n."pledged_at", n."pledge_version", n."consent_id", n."consent_code_id", n."receipt_number", n."submitted_at", n."decide_by", n."taken_by_id", n."decided_by_id", n."decided_at", n."decision_note", n."refusal_reason", n."corrections", n."correction_items", n."correction_asked_on", n."correction_by", n."registered_on", n."first_contact_by", n."first_contact_on", n."worker_id", n."ended_on", n."ended_ground", n."imported_history", n."is_demo", n."created_at", clock_timestamp(), \'insert\', n."id", ctx, audit_xid() FROM new_rows n; RETURN NULL;',
                    hash="b29efd2c5f221e7d2eda90f4d23432344f0e6e72",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a47fb",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="unemployment_registration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=core.triggers.GuardedTriggerSql(
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; EXECUTE $q$ INSERT INTO "unemployment_registrationhistory" ("id", "public_id", "version", "person_id", "status", "channel", "region_id", "place_kind", "unemployed_on", "cause", "previous_employer", "claims_benefit", "household_kind", "nation", "political", "education", "health", "skill", "wants_job", "job_wish", "wants_training", "training_wish", "wants_business", "business_wish", "note", "steps_done", "saved_at", "pledged_at", "pledge_version", "consent_id", "consent_code_id", "receipt_number", "submitted_at", "decide_by", "taken_by_id", "decided_by_id", "decided_at", "decision_note", "refusal_reason", "corrections", "correction_items", "correction_asked_on", "correction_by", "registered_on", "first_contact_by", "first_contact_on", "worker_id", "ended_on", "ended_ground", "imported_history", "is_demo", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT n."id", n."public_id", n."version", n."person_id", n."status", n."channel", n."region_id", n."place_kind", n."unemployed_on", n."cause", n."previous_employer", n."claims_benefit", n."household_kind", n."nation", n."political", n."education", n."health", n."skill", n."wants_job", n."job_wish", n."wants_training", n."training_wish", n."wants_business", n."business_wish", n."note", n."steps_done", n."saved_at", n."pledged_at", n."pledge_version", n."consent_id", n."consent_code_id", n."receipt_number", n."submitted_at", n."decide_by", n."taken_by_id", n."decided_by_id", n."decided_at", n."decision_note", n."refusal_reason", n."corrections", n."correction_items", n."correction_asked_on", n."correction_by", n."registered_on", n."first_contact_by", n."first_contact_on", n."worker_id", n."ended_on", n."ended_ground", n."imported_history", n."is_demo", n."created_at", clock_timestamp(), \'update\', n."id", $1, audit_xid() FROM new_rows n LEFT JOIN old_rows o ON o."id" = n."id" WHERE o."id" IS NULL OR (o."id" IS DISTINCT FROM n."id" OR o."public_id" IS DISTINCT FROM n."public_id" OR o."version" IS DISTINCT FROM n."version" OR o."person_id" IS DISTINCT FROM n."person_id" OR o."status" IS DISTINCT FROM n."status" OR o."channel" IS DISTINCT FROM n."channel" OR o."region_id" IS DISTINCT FROM n."region_id" OR o."place_kind" IS DISTINCT FROM n."place_kind" OR o."unemployed_on" IS DISTINCT FROM n."unemployed_on" OR o."cause" IS DISTINCT FROM n."cause" OR o."previous_employer" IS DISTINCT FROM n."previous_employer" OR o."claims_benefit" IS DISTINCT FROM n."claims_benefit" OR o."household_kind" IS DISTINCT FROM n."household_kind" OR o."nation" IS DISTINCT FROM n."nation" OR o."political" IS DISTINCT FROM n."political" OR o."education" IS DISTINCT FROM n."education" OR o."health" IS DISTINCT FROM n."health" OR o."skill" IS DISTINCT FROM n."skill" OR o."wants_job" IS DISTINCT FROM n."wants_job" OR o."job_wish" IS DISTINCT FROM n."job_wish" OR o."wants_training" IS DISTINCT FROM n."wants_training" OR o."training_wish" IS DISTINCT FROM n."training_wish" OR o."wants_business" IS DISTINCT FROM n."wants_business" OR o."business_wish" IS DISTINCT FROM n."business_wish" OR o."note" IS DISTINCT FROM n."note" OR o."steps_done" IS DISTINCT FROM n."steps_done" OR o."saved_at" IS DISTINCT FROM n."saved_at" OR o."pledged_at" IS DISTINCT FROM n."pledged_at" OR o."pledge_version" IS DISTINCT FROM n."pledge_version" OR o."consent_id" IS DISTINCT FROM n."consent_id" OR o."consent_code_id" IS DISTINCT FROM n."consent_code_id" OR o."receipt_number" IS DISTINCT FROM n."receipt_number" OR o."submitted_at" IS DISTINCT FROM n."submitted_at" OR o."decide_by" IS DISTINCT FROM n."decide_by" OR o."taken_by_id" IS DISTINCT FROM n."taken_by_id" OR o."decided_by_id" IS DISTINCT FROM n."decided_by_id" OR o."decided_at" IS DISTINCT FROM n."decided_at" OR o."decision_note" IS DISTINCT FROM n."decision_note" OR o."refusal_reason" IS DISTINCT FROM n."refusal_reason" OR o."corrections" IS DISTINCT FROM n."corrections" OR o."correction_items" IS DISTINCT FROM n."correction_items" OR o."correction_asked_on" IS DISTINCT FROM n."correction_asked_on" OR o."correction_by" IS DISTINCT FROM n."correction_by" OR o."registered_on" IS DISTINCT FROM n."registered_on" OR o."first_contact_by" IS DISTINCT FROM n."first_contact_by" OR o."first_contact_on" IS DISTINCT FROM n."first_contact_on" OR o."worker_id" IS DISTINCT FROM n."worker_id" OR o."ended_on" IS DISTINCT FROM n."ended_on" OR o."ended_ground" IS DISTINCT FROM n."ended_ground" OR o."imported_history" IS DISTINCT FROM n."imported_history" OR o."is_demo" IS DISTINCT FROM n."is_demo" OR o."created_at" IS DISTINCT FROM n."created_at") $q$ USING ctx; RETURN NULL;',
                    hash="ec53034509d9628b5e766b5566907e229de01091",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_9b5bd",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="unemployment_registration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=core.triggers.GuardedTriggerSql(
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_registrationhistory" ("id", "public_id", "version", "person_id", "status", "channel", "region_id", "place_kind", "unemployed_on", "cause", "previous_employer", "claims_benefit", "household_kind", "nation", "political", "education", "health", "skill", "wants_job", "job_wish", "wants_training", "training_wish", "wants_business", "business_wish", "note", "steps_done", "saved_at", "pledged_at", "pledge_version", "consent_id", "consent_code_id", "receipt_number", "submitted_at", "decide_by", "taken_by_id", "decided_by_id", "decided_at", "decision_note", "refusal_reason", "corrections", "correction_items", "correction_asked_on", "correction_by", "registered_on", "first_contact_by", "first_contact_on", "worker_id", "ended_on", "ended_ground", "imported_history", "is_demo", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) SELECT o."id", o."public_id", o."version", o."person_id", o."status", o."channel", o."region_id", o."place_kind", o."unemployed_on", o."cause", o."previous_employer", o."claims_benefit", o."household_kind", o."nation", o."political", o."education", o."health", o."skill", o."wants_job", o."job_wish", o."wants_training", o."training_wish", o."wants_business", o."business_wish", o."note", o."steps_done", o."saved_at", o."pledged_at", o."pledge_version", o."consent_id", o."consent_code_id", o."receipt_number", o."submitted_at", o."decide_by", o."taken_by_id", o."decided_by_id", o."decided_at", o."decision_note", o."refusal_reason", o."corrections", o."correction_items", o."correction_asked_on", o."correction_by", o."registered_on", o."first_contact_by", o."first_contact_on", o."worker_id", o."ended_on", o."ended_ground", o."imported_history", o."is_demo", o."created_at", clock_timestamp(), \'delete\', o."id", ctx, audit_xid() FROM old_rows o; RETURN NULL;',
                    hash="a9c8934d61c32be71238d9e1ae676290bfef7066",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_1fce7",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="unemployment_registration",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="consent_code",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="registration",
                to="unemployment.consentcode",
                verbose_name="代办验证码",
            ),
        ),
        migrations.AddField(
            model_name="registrationhistory",
            name="consent_code",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="unemployment.consentcode",
                verbose_name="代办验证码",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "on_behalf"), _negated=True),
                    ("status__in", ["draft", "withdrawn"]),
                    ("consent__isnull", False),
                    ("consent_code__isnull", False),
                    _connector="OR",
                ),
                name="registration_on_behalf_consent",
                violation_error_message="代办要有本人的委托：签字委托书的照片，或者发到本人手机的验证码。",
            ),
        ),
    ]
