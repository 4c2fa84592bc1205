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
        ("unemployment", "0002_employment"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deregistration",
            name="notice_number",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name="决定书文号"),
        ),
        migrations.AlterField(
            model_name="deregistrationhistory",
            name="notice_number",
            field=models.CharField(blank=True, max_length=64, null=True, verbose_name="决定书文号"),
        ),
        migrations.CreateModel(
            name="Paper",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "失业登记受理通知书"),
                            ("pledge", "失业登记承诺书"),
                            ("correction", "一次性补正告知书"),
                            ("refusal", "不予失业登记决定书"),
                            ("certificate", "失业登记凭证"),
                            ("intent", "拟注销失业登记告知书"),
                            ("end", "注销失业登记决定书"),
                            ("revocation", "撤销失业登记决定书"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("county", models.CharField(max_length=6, verbose_name="县区代码")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("number", models.CharField(editable=False, max_length=64, unique=True, verbose_name="文书号")),
                ("agency", models.CharField(max_length=80, verbose_name="落款单位")),
                ("issued_on", models.DateField(verbose_name="落款日期")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="出具时间")),
                ("template", models.CharField(max_length=24, verbose_name="版式")),
                ("content", models.JSONField(default=dict, verbose_name="内容")),
                ("seal", models.JSONField(default=dict, verbose_name="印章")),
                ("token", models.CharField(editable=False, max_length=24, unique=True, verbose_name="校验码")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "有效"), ("withdrawn", "已失效")],
                        default="valid",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("withdrawn_reason", models.CharField(blank=True, default="", max_length=200, verbose_name="失效原因")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="出具人",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="unemployment.registration",
                        verbose_name="失业登记",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "文书",
                "verbose_name_plural": "文书",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "year", "kind", "serial"),
                        name="paper_serial_once",
                        violation_error_message="这个文书号已经用过。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "valid")),
                        fields=("registration", "kind"),
                        name="paper_one_valid",
                        violation_error_message="这种文书已经有一份有效的。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "withdrawn"), _negated=True),
                            models.Q(
                                ("withdrawn_on__isnull", False), models.Q(("withdrawn_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="paper_withdrawn_why",
                        violation_error_message="文书失效要写明日期和原因。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="paper_is_frozen",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF TG_OP = 'DELETE' OR OLD.status = 'withdrawn' OR (to_jsonb(NEW) - ARRAY['status', 'withdrawn_on', 'withdrawn_by_id', 'withdrawn_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['status', 'withdrawn_on', 'withdrawn_by_id', 'withdrawn_reason']) THEN RAISE EXCEPTION 'a paper stays as it was issued' USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_is_frozen'; END IF; RETURN NEW;",
                            hash="ad59b7825118b50534b34b8ca1a4a6ec1ff8508e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_paper_is_frozen_78268",
                            table="unemployment_paper",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_paperhistory" ("id", "public_id", "registration_id", "kind", "county", "year", "serial", "number", "agency", "issued_on", "issued_at", "issued_by_id", "template", "content", "seal", "token", "status", "withdrawn_on", "withdrawn_by_id", "withdrawn_reason", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."registration_id", NEW."kind", NEW."county", NEW."year", NEW."serial", NEW."number", NEW."agency", NEW."issued_on", NEW."issued_at", NEW."issued_by_id", NEW."template", NEW."content", NEW."seal", NEW."token", NEW."status", NEW."withdrawn_on", NEW."withdrawn_by_id", NEW."withdrawn_reason", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="9c6b30ce5bfc9d40f8ff2251720c87fdaf689ce0",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_194c9",
                            table="unemployment_paper",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."registration_id" IS DISTINCT FROM NEW."registration_id" OR OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."county" IS DISTINCT FROM NEW."county" OR OLD."year" IS DISTINCT FROM NEW."year" OR OLD."serial" IS DISTINCT FROM NEW."serial" OR OLD."number" IS DISTINCT FROM NEW."number" OR OLD."agency" IS DISTINCT FROM NEW."agency" OR OLD."issued_on" IS DISTINCT FROM NEW."issued_on" OR OLD."issued_at" IS DISTINCT FROM NEW."issued_at" OR OLD."issued_by_id" IS DISTINCT FROM NEW."issued_by_id" OR OLD."template" IS DISTINCT FROM NEW."template" OR OLD."content" IS DISTINCT FROM NEW."content" OR OLD."seal" IS DISTINCT FROM NEW."seal" OR OLD."token" IS DISTINCT FROM NEW."token" OR OLD."status" IS DISTINCT FROM NEW."status" OR OLD."withdrawn_on" IS DISTINCT FROM NEW."withdrawn_on" OR OLD."withdrawn_by_id" IS DISTINCT FROM NEW."withdrawn_by_id" OR OLD."withdrawn_reason" IS DISTINCT FROM NEW."withdrawn_reason")',
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_paperhistory" ("id", "public_id", "registration_id", "kind", "county", "year", "serial", "number", "agency", "issued_on", "issued_at", "issued_by_id", "template", "content", "seal", "token", "status", "withdrawn_on", "withdrawn_by_id", "withdrawn_reason", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."registration_id", NEW."kind", NEW."county", NEW."year", NEW."serial", NEW."number", NEW."agency", NEW."issued_on", NEW."issued_at", NEW."issued_by_id", NEW."template", NEW."content", NEW."seal", NEW."token", NEW."status", NEW."withdrawn_on", NEW."withdrawn_by_id", NEW."withdrawn_reason", clock_timestamp(), \'update\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="1fe673cf26d3736b6130752327957f1eef9a4642",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_66197",
                            table="unemployment_paper",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_paperhistory" ("id", "public_id", "registration_id", "kind", "county", "year", "serial", "number", "agency", "issued_on", "issued_at", "issued_by_id", "template", "content", "seal", "token", "status", "withdrawn_on", "withdrawn_by_id", "withdrawn_reason", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."registration_id", OLD."kind", OLD."county", OLD."year", OLD."serial", OLD."number", OLD."agency", OLD."issued_on", OLD."issued_at", OLD."issued_by_id", OLD."template", OLD."content", OLD."seal", OLD."token", OLD."status", OLD."withdrawn_on", OLD."withdrawn_by_id", OLD."withdrawn_reason", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                            hash="def11ef989dc21ddbc83d73fd5166272d86c83e5",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_35d93",
                            table="unemployment_paper",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperHistory",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "失业登记受理通知书"),
                            ("pledge", "失业登记承诺书"),
                            ("correction", "一次性补正告知书"),
                            ("refusal", "不予失业登记决定书"),
                            ("certificate", "失业登记凭证"),
                            ("intent", "拟注销失业登记告知书"),
                            ("end", "注销失业登记决定书"),
                            ("revocation", "撤销失业登记决定书"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("county", models.CharField(max_length=6, verbose_name="县区代码")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("number", models.CharField(editable=False, max_length=64, verbose_name="文书号")),
                ("agency", models.CharField(max_length=80, verbose_name="落款单位")),
                ("issued_on", models.DateField(verbose_name="落款日期")),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="出具时间")),
                ("template", models.CharField(max_length=24, verbose_name="版式")),
                ("content", models.JSONField(default=dict, verbose_name="内容")),
                ("seal", models.JSONField(default=dict, verbose_name="印章")),
                ("token", models.CharField(editable=False, max_length=24, verbose_name="校验码")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "有效"), ("withdrawn", "已失效")],
                        default="valid",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("withdrawn_reason", models.CharField(blank=True, default="", max_length=200, verbose_name="失效原因")),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="出具人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.paper",
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
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "文书（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_1d16f1_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="fef94064d2794b8986d211515aa0d51a1cd0bb90",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_80514",
                            table="unemployment_paperhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperStep",
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
                (
                    "step",
                    models.CharField(
                        choices=[("delivered", "送达"), ("signed", "签收")], max_length=12, verbose_name="环节"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("in_person", "当面交给本人"),
                            ("online", "发到本人网上账号"),
                            ("post", "邮寄"),
                            ("visit", "上门送达"),
                            ("left", "留置送达"),
                            ("on_paper", "纸上签字"),
                            ("confirmed", "本人网上确认"),
                            ("declined", "拒绝签收"),
                        ],
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="记录时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经手人",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.document",
                        verbose_name="签字件扫描",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="unemployment.paper",
                        verbose_name="文书",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书送达签收",
                "verbose_name_plural": "文书送达签收",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("step", "delivered"), ("way__in", ["in_person", "online", "post", "visit", "left"])
                            ),
                            models.Q(("step", "signed"), ("way__in", ["on_paper", "confirmed", "declined"])),
                            _connector="OR",
                        ),
                        name="paper_step_way",
                        violation_error_message="送达和签收的方式要对得上。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="2a4a564e68fe3f9afa35ce7eba20900c17e6a563",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_11bb9",
                            table="unemployment_paperstep",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
