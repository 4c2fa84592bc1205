import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.models.audit
import core.models.base
import core.storage
import core.triggers


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("people", "__first__"),
        ("unemployment", "0006_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ledger",
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
                ("file_name", models.CharField(max_length=255, verbose_name="文件")),
                (
                    "upload",
                    models.FileField(
                        storage=core.storage.private, upload_to=core.storage.private_path, verbose_name="上传的文件"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "等待确认"),
                            ("queued", "排队中"),
                            ("running", "正在导入"),
                            ("done", "已完成"),
                            ("failed", "没有完成"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("problem", models.CharField(blank=True, default="", max_length=500, verbose_name="没有完成的原因")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("trial", models.JSONField(default=dict, verbose_name="试运行结果")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="共几行")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="处理到第几行")),
                ("registered", models.PositiveIntegerField(default=0, verbose_name="登记有效")),
                ("history", models.PositiveIntegerField(default=0, verbose_name="历史记录")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="以前导入过")),
                ("duplicate", models.PositiveIntegerField(default=0, verbose_name="已有登记")),
                ("rejected", models.PositiveIntegerField(default=0, verbose_name="没有导入")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.region",
                        verbose_name="台账所在地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账导入",
                "verbose_name_plural": "台账导入",
                "indexes": [models.Index(fields=["region", "-created_at"], name="ledger_region")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "failed"), _negated=True),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ledger_says_why",
                        violation_error_message="没有完成的导入要写明原因。",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_insert",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_ledgerhistory" ("id", "public_id", "version", "region_id", "file_name", "upload", "status", "problem", "received_on", "trial", "total", "position", "registered", "history", "unchanged", "duplicate", "rejected", "by_id", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."region_id", NEW."file_name", NEW."upload", NEW."status", NEW."problem", NEW."received_on", NEW."trial", NEW."total", NEW."position", NEW."registered", NEW."history", NEW."unchanged", NEW."duplicate", NEW."rejected", NEW."by_id", NEW."created_at", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="c888d7d5102ee3382003c5d83abb0d30f039a591",
                            operation="INSERT",
                            pgid="pgtrigger_history_insert_e590f",
                            table="unemployment_ledger",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_update",
                        sql=core.triggers.GuardedTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."version" IS DISTINCT FROM NEW."version" OR OLD."region_id" IS DISTINCT FROM NEW."region_id" OR OLD."file_name" IS DISTINCT FROM NEW."file_name" OR OLD."upload" IS DISTINCT FROM NEW."upload" OR OLD."status" IS DISTINCT FROM NEW."status" OR OLD."problem" IS DISTINCT FROM NEW."problem" OR OLD."received_on" IS DISTINCT FROM NEW."received_on" OR OLD."trial" IS DISTINCT FROM NEW."trial" OR OLD."total" IS DISTINCT FROM NEW."total" OR OLD."position" IS DISTINCT FROM NEW."position" OR OLD."registered" IS DISTINCT FROM NEW."registered" OR OLD."history" IS DISTINCT FROM NEW."history" OR OLD."unchanged" IS DISTINCT FROM NEW."unchanged" OR OLD."duplicate" IS DISTINCT FROM NEW."duplicate" OR OLD."rejected" IS DISTINCT FROM NEW."rejected" OR OLD."by_id" IS DISTINCT FROM NEW."by_id" OR OLD."created_at" IS DISTINCT FROM NEW."created_at")',
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_ledgerhistory" ("id", "public_id", "version", "region_id", "file_name", "upload", "status", "problem", "received_on", "trial", "total", "position", "registered", "history", "unchanged", "duplicate", "rejected", "by_id", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."region_id", NEW."file_name", NEW."upload", NEW."status", NEW."problem", NEW."received_on", NEW."trial", NEW."total", NEW."position", NEW."registered", NEW."history", NEW."unchanged", NEW."duplicate", NEW."rejected", NEW."by_id", NEW."created_at", clock_timestamp(), \'update\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                            hash="105f40e3c0db72a9a9b21cade90d57b4282c106b",
                            operation="UPDATE",
                            pgid="pgtrigger_history_update_dd7fb",
                            table="unemployment_ledger",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="history_delete",
                        sql=core.triggers.GuardedTriggerSql(
                            declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                            func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_ledgerhistory" ("id", "public_id", "version", "region_id", "file_name", "upload", "status", "problem", "received_on", "trial", "total", "position", "registered", "history", "unchanged", "duplicate", "rejected", "by_id", "created_at", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."version", OLD."region_id", OLD."file_name", OLD."upload", OLD."status", OLD."problem", OLD."received_on", OLD."trial", OLD."total", OLD."position", OLD."registered", OLD."history", OLD."unchanged", OLD."duplicate", OLD."rejected", OLD."by_id", OLD."created_at", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                            hash="0631f12cbacd371714071c30b2035c5da8143fac",
                            operation="DELETE",
                            pgid="pgtrigger_history_delete_8a0a7",
                            table="unemployment_ledger",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerHistory",
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
                ("file_name", models.CharField(max_length=255, verbose_name="文件")),
                (
                    "upload",
                    models.FileField(
                        storage=core.storage.private, upload_to=core.storage.private_path, verbose_name="上传的文件"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "等待确认"),
                            ("queued", "排队中"),
                            ("running", "正在导入"),
                            ("done", "已完成"),
                            ("failed", "没有完成"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("problem", models.CharField(blank=True, default="", max_length=500, verbose_name="没有完成的原因")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("trial", models.JSONField(default=dict, verbose_name="试运行结果")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="共几行")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="处理到第几行")),
                ("registered", models.PositiveIntegerField(default=0, verbose_name="登记有效")),
                ("history", models.PositiveIntegerField(default=0, verbose_name="历史记录")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="以前导入过")),
                ("duplicate", models.PositiveIntegerField(default=0, verbose_name="已有登记")),
                ("rejected", models.PositiveIntegerField(default=0, verbose_name="没有导入")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="unemployment.ledger",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.region",
                        verbose_name="台账所在地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账导入（历史）",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["pgh_xid"], name="unemploymen_pgh_xid_db34d3_brin"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="a525bd31a266101cec4cd47a12a9e01ebd177f34",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_1cd7f",
                            table="unemployment_ledgerhistory",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="记录时间"
                    ),
                ),
                (
                    "xid",
                    models.BigIntegerField(
                        db_default=core.models.audit.TransactionNumber(), editable=False, verbose_name="事务号"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="行号")),
                ("name", models.CharField(blank=True, default="", max_length=20, verbose_name="姓名（遮住）")),
                ("id_mask", models.CharField(blank=True, default="", max_length=18, verbose_name="证件号码（遮住）")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("registered", "登记有效"),
                            ("history", "作为历史记录"),
                            ("unchanged", "以前导入过，没有变化"),
                            ("duplicate", "全省已有登记，没有覆盖"),
                            ("rejected", "没有导入"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                (
                    "ledger",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="unemployment.ledger",
                        verbose_name="台账",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账逐行结果",
                "verbose_name_plural": "台账逐行结果",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ledger", "line"), name="ledgerrow_once", violation_error_message="这一行已经有结果。"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=core.triggers.GuardedTriggerSql(
                            func="IF current_setting('audit.retention', true) IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '% refuses %: it only grows', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;",
                            hash="ceb985932630d9d5ec8a15b7e721b8185027d1af",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_11b90",
                            table="unemployment_ledgerrow",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="stamp",
                        sql=core.triggers.GuardedTriggerSql(
                            func="NEW.recorded_at = clock_timestamp(); NEW.xid = audit_xid(); RETURN NEW;",
                            hash="c6e42ff56f1508aa0347cb9a375d85888882075c",
                            operation="INSERT",
                            pgid="pgtrigger_stamp_2098d",
                            table="unemployment_ledgerrow",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="deregistration",
            name="decision_is_final",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="deregistration",
            name="history_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="deregistration",
            name="history_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="deregistration",
            name="history_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="registration",
            name="needs_decision",
        ),
        migrations.RemoveConstraint(
            model_name="registration",
            name="registration_end_has_ground",
        ),
        migrations.AddField(
            model_name="deregistration",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="决定日期"),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="heard_until",
            field=models.DateField(blank=True, null=True, verbose_name="陈述申辩到哪天"),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="overturn_reason",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="为什么撤销这个决定"),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="overturned_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销这个决定的人",
            ),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="overturned_on",
            field=models.DateField(blank=True, null=True, verbose_name="决定撤销日期"),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="stated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="陈述时间"),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="stated_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="记录人",
            ),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="statement",
            field=models.TextField(
                blank=True,
                default="",
                validators=[django.core.validators.MaxLengthValidator(1000)],
                verbose_name="陈述申辩",
            ),
        ),
        migrations.AddField(
            model_name="deregistration",
            name="waived_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="表示没有意见的时间"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="决定日期"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="heard_until",
            field=models.DateField(blank=True, null=True, verbose_name="陈述申辩到哪天"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="overturn_reason",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="为什么撤销这个决定"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="overturned_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销这个决定的人",
            ),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="overturned_on",
            field=models.DateField(blank=True, null=True, verbose_name="决定撤销日期"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="stated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="陈述时间"),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="stated_to",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="记录人",
            ),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="statement",
            field=models.TextField(
                blank=True,
                default="",
                validators=[django.core.validators.MaxLengthValidator(1000)],
                verbose_name="陈述申辩",
            ),
        ),
        migrations.AddField(
            model_name="deregistrationhistory",
            name="waived_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="表示没有意见的时间"),
        ),
        migrations.AlterField(
            model_name="deregistration",
            name="ground",
            field=models.CharField(
                choices=[
                    ("11", "被用人单位录用"),
                    ("12", "从事个体经营、创办企业或民办非企业单位"),
                    ("13", "有稳定收入的劳动，月收入达到当地规定标准"),
                    ("14", "到公益性岗位上岗"),
                    ("21", "已经依法享受基本养老保险待遇"),
                    ("22", "达到法定退休年龄（旧口径）"),
                    ("23", "完全丧失劳动能力"),
                    ("241", "入学"),
                    ("242", "服兵役"),
                    ("243", "移居境外"),
                    ("25", "被判刑收监执行"),
                    ("26", "死亡"),
                    ("31", "本人书面提出终止就业要求"),
                    ("311", "无正当理由连续 3 次拒绝公共就业服务（旧口径）"),
                    ("32", "连续 6 个月无法取得联系（旧口径）"),
                    ("90", "其他不再符合登记条件的情形"),
                    ("80", "登记时的承诺与事实不符"),
                ],
                max_length=4,
                verbose_name="情形",
            ),
        ),
        migrations.AlterField(
            model_name="deregistration",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "待决定"),
                    ("decided", "已注销"),
                    ("rejected", "未采纳"),
                    ("overturned", "决定已撤销，登记恢复"),
                ],
                default="proposed",
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="deregistrationhistory",
            name="ground",
            field=models.CharField(
                choices=[
                    ("11", "被用人单位录用"),
                    ("12", "从事个体经营、创办企业或民办非企业单位"),
                    ("13", "有稳定收入的劳动，月收入达到当地规定标准"),
                    ("14", "到公益性岗位上岗"),
                    ("21", "已经依法享受基本养老保险待遇"),
                    ("22", "达到法定退休年龄（旧口径）"),
                    ("23", "完全丧失劳动能力"),
                    ("241", "入学"),
                    ("242", "服兵役"),
                    ("243", "移居境外"),
                    ("25", "被判刑收监执行"),
                    ("26", "死亡"),
                    ("31", "本人书面提出终止就业要求"),
                    ("311", "无正当理由连续 3 次拒绝公共就业服务（旧口径）"),
                    ("32", "连续 6 个月无法取得联系（旧口径）"),
                    ("90", "其他不再符合登记条件的情形"),
                    ("80", "登记时的承诺与事实不符"),
                ],
                max_length=4,
                verbose_name="情形",
            ),
        ),
        migrations.AlterField(
            model_name="deregistrationhistory",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "待决定"),
                    ("decided", "已注销"),
                    ("rejected", "未采纳"),
                    ("overturned", "决定已撤销，登记恢复"),
                ],
                default="proposed",
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "草稿"),
                    ("submitted", "待核验"),
                    ("checking", "核验中"),
                    ("correction", "待补正"),
                    ("refused", "不予登记"),
                    ("active", "登记有效"),
                    ("deregistered", "已注销"),
                    ("revoked", "已撤销"),
                    ("withdrawn", "已撤回"),
                ],
                default="draft",
                max_length=16,
                verbose_name="状态",
            ),
        ),
        migrations.AlterField(
            model_name="registrationhistory",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "草稿"),
                    ("submitted", "待核验"),
                    ("checking", "核验中"),
                    ("correction", "待补正"),
                    ("refused", "不予登记"),
                    ("active", "登记有效"),
                    ("deregistered", "已注销"),
                    ("revoked", "已撤销"),
                    ("withdrawn", "已撤回"),
                ],
                default="draft",
                max_length=16,
                verbose_name="状态",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_is_final",
                sql=core.triggers.GuardedTriggerSql(
                    condition="WHEN (OLD.status IN ('decided', 'overturned'))",
                    func="IF (NEW.status <> OLD.status AND NOT (NEW.status = 'overturned' AND NEW.overturned_by_id IS NOT NULL)) OR NEW.ground <> OLD.ground OR NEW.evidence <> OLD.evidence OR NEW.registration_id <> OLD.registration_id OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id OR NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id THEN RAISE EXCEPTION 'a decided deregistration is final' USING ERRCODE = 'check_violation', CONSTRAINT = 'deregistration_is_final'; END IF; RETURN NEW;",
                    hash="283d67a49414c9c721b9076e68e85d3cc0cb3762",
                    operation="UPDATE",
                    pgid="pgtrigger_decision_is_final_41d61",
                    table="unemployment_deregistration",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=core.triggers.GuardedTriggerSql(
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_deregistrationhistory" ("id", "public_id", "version", "registration_id", "ground", "status", "source", "evidence", "document_id", "happened_on", "proposed_by_id", "proposed_at", "heard_until", "statement", "stated_at", "stated_to_id", "waived_at", "decided_by_id", "decided_at", "decided_on", "overturned_by_id", "overturned_on", "overturn_reason", "decision_note", "notice_number", "remedy", "imported_history", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."registration_id", NEW."ground", NEW."status", NEW."source", NEW."evidence", NEW."document_id", NEW."happened_on", NEW."proposed_by_id", NEW."proposed_at", NEW."heard_until", NEW."statement", NEW."stated_at", NEW."stated_to_id", NEW."waived_at", NEW."decided_by_id", NEW."decided_at", NEW."decided_on", NEW."overturned_by_id", NEW."overturned_on", NEW."overturn_reason", NEW."decision_note", NEW."notice_number", NEW."remedy", NEW."imported_history", clock_timestamp(), \'insert\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                    hash="1903860a401b135d6b488c3bc06b2d32ad45e3f9",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_8d814",
                    table="unemployment_deregistration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=core.triggers.GuardedTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM NEW."id" OR OLD."public_id" IS DISTINCT FROM NEW."public_id" OR OLD."version" IS DISTINCT FROM NEW."version" OR OLD."registration_id" IS DISTINCT FROM NEW."registration_id" OR OLD."ground" IS DISTINCT FROM NEW."ground" OR OLD."status" IS DISTINCT FROM NEW."status" OR OLD."source" IS DISTINCT FROM NEW."source" OR OLD."evidence" IS DISTINCT FROM NEW."evidence" OR OLD."document_id" IS DISTINCT FROM NEW."document_id" OR OLD."happened_on" IS DISTINCT FROM NEW."happened_on" OR OLD."proposed_by_id" IS DISTINCT FROM NEW."proposed_by_id" OR OLD."proposed_at" IS DISTINCT FROM NEW."proposed_at" OR OLD."heard_until" IS DISTINCT FROM NEW."heard_until" OR OLD."statement" IS DISTINCT FROM NEW."statement" OR OLD."stated_at" IS DISTINCT FROM NEW."stated_at" OR OLD."stated_to_id" IS DISTINCT FROM NEW."stated_to_id" OR OLD."waived_at" IS DISTINCT FROM NEW."waived_at" OR OLD."decided_by_id" IS DISTINCT FROM NEW."decided_by_id" OR OLD."decided_at" IS DISTINCT FROM NEW."decided_at" OR OLD."decided_on" IS DISTINCT FROM NEW."decided_on" OR OLD."overturned_by_id" IS DISTINCT FROM NEW."overturned_by_id" OR OLD."overturned_on" IS DISTINCT FROM NEW."overturned_on" OR OLD."overturn_reason" IS DISTINCT FROM NEW."overturn_reason" OR OLD."decision_note" IS DISTINCT FROM NEW."decision_note" OR OLD."notice_number" IS DISTINCT FROM NEW."notice_number" OR OLD."remedy" IS DISTINCT FROM NEW."remedy" OR OLD."imported_history" IS DISTINCT FROM NEW."imported_history")',
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_deregistrationhistory" ("id", "public_id", "version", "registration_id", "ground", "status", "source", "evidence", "document_id", "happened_on", "proposed_by_id", "proposed_at", "heard_until", "statement", "stated_at", "stated_to_id", "waived_at", "decided_by_id", "decided_at", "decided_on", "overturned_by_id", "overturned_on", "overturn_reason", "decision_note", "notice_number", "remedy", "imported_history", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (NEW."id", NEW."public_id", NEW."version", NEW."registration_id", NEW."ground", NEW."status", NEW."source", NEW."evidence", NEW."document_id", NEW."happened_on", NEW."proposed_by_id", NEW."proposed_at", NEW."heard_until", NEW."statement", NEW."stated_at", NEW."stated_to_id", NEW."waived_at", NEW."decided_by_id", NEW."decided_at", NEW."decided_on", NEW."overturned_by_id", NEW."overturned_on", NEW."overturn_reason", NEW."decision_note", NEW."notice_number", NEW."remedy", NEW."imported_history", clock_timestamp(), \'update\', NEW."id", ctx, audit_xid()); RETURN NULL;',
                    hash="e6111dc1ca8446c9aaf3517538ee796d556017ea",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_e1546",
                    table="unemployment_deregistration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deregistration",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=core.triggers.GuardedTriggerSql(
                    declare="DECLARE ctx jsonb := NULLIF(current_setting('audit.context', true), '')::jsonb;",
                    func='IF ctx ->> \'channel\' IS NULL THEN RAISE EXCEPTION \'a write to "%" outside an audit context\', TG_TABLE_NAME USING ERRCODE = \'not_null_violation\', CONSTRAINT = \'audit_context_required\', TABLE = TG_TABLE_NAME, HINT = \'Open core.audit.context(...) around the write.\'; END IF; INSERT INTO "unemployment_deregistrationhistory" ("id", "public_id", "version", "registration_id", "ground", "status", "source", "evidence", "document_id", "happened_on", "proposed_by_id", "proposed_at", "heard_until", "statement", "stated_at", "stated_to_id", "waived_at", "decided_by_id", "decided_at", "decided_on", "overturned_by_id", "overturned_on", "overturn_reason", "decision_note", "notice_number", "remedy", "imported_history", pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid) VALUES (OLD."id", OLD."public_id", OLD."version", OLD."registration_id", OLD."ground", OLD."status", OLD."source", OLD."evidence", OLD."document_id", OLD."happened_on", OLD."proposed_by_id", OLD."proposed_at", OLD."heard_until", OLD."statement", OLD."stated_at", OLD."stated_to_id", OLD."waived_at", OLD."decided_by_id", OLD."decided_at", OLD."decided_on", OLD."overturned_by_id", OLD."overturned_on", OLD."overturn_reason", OLD."decision_note", OLD."notice_number", OLD."remedy", OLD."imported_history", clock_timestamp(), \'delete\', OLD."id", ctx, audit_xid()); RETURN NULL;',
                    hash="dd6caaead9d52807c1200487be76e06200e7f470",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_9f2ae",
                    table="unemployment_deregistration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="needs_decision",
                sql=core.triggers.GuardedTriggerSql(
                    func="IF TG_OP = 'INSERT' THEN IF NEW.status IN ('deregistered', 'revoked') AND NOT NEW.imported_history THEN RAISE EXCEPTION 'only imported history begins as closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_needs_decision'; END IF; RETURN NEW; END IF; IF NEW.imported_history IS DISTINCT FROM OLD.imported_history OR NEW.person_id <> OLD.person_id THEN RAISE EXCEPTION 'a registration keeps its person and its origin' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_keeps_origin'; END IF; IF OLD.status IN ('deregistered', 'revoked', 'refused', 'withdrawn') AND NEW.status <> OLD.status AND NOT (OLD.status IN ('deregistered', 'revoked') AND NEW.status = 'active' AND EXISTS ( SELECT 1 FROM unemployment_deregistration d WHERE d.registration_id = NEW.id AND d.status = 'overturned' AND d.ground = OLD.ended_ground) AND NOT EXISTS ( SELECT 1 FROM unemployment_deregistration d WHERE d.registration_id = NEW.id AND d.status = 'decided')) THEN RAISE EXCEPTION 'a registration that ended stays ended: the person registers again' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_stays_ended'; END IF; IF NEW.status IN ('deregistered', 'revoked') AND OLD.status <> NEW.status AND NOT EXISTS ( SELECT 1 FROM unemployment_deregistration d WHERE d.registration_id = NEW.id AND d.status = 'decided' AND d.ground = NEW.ended_ground) THEN RAISE EXCEPTION 'a registration ends only by a decision on a lawful ground' USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_needs_decision'; END IF; RETURN NEW;",
                    hash="4a918175636bac4873add46e0a09174f88e53fbf",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_needs_decision_74f96",
                    table="unemployment_registration",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="deregistration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["decided", "overturned"]), _negated=True),
                    ("imported_history", True),
                    ("ground__in", ["243", "25", "26", "31"]),
                    ("waived_at__isnull", False),
                    models.Q(
                        ("decided_on__gt", models.F("heard_until")),
                        ("decided_on__isnull", False),
                        ("heard_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="deregistration_heard",
                violation_error_message="注销之前要先告知本人，听取陈述申辩，期满才能决定。",
            ),
        ),
        migrations.AddConstraint(
            model_name="deregistration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "overturned"), _negated=True),
                    models.Q(
                        ("overturned_by__isnull", False),
                        ("overturned_on__isnull", False),
                        models.Q(("overturn_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deregistration_overturned_why",
                violation_error_message="撤销注销决定要写明谁、哪天、为什么。",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("deregistered", "revoked")), _negated=True),
                    models.Q(models.Q(("ended_ground", ""), _negated=True), ("ended_on__isnull", False)),
                    _connector="OR",
                ),
                name="registration_end_has_ground",
                violation_error_message="注销要写明情形和日期。",
            ),
        ),
    ]
