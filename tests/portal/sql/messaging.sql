-- What each list page asks the database for 23 rows, in order. Values are ?, columns that are only fetched are ….
-- Rewrite it with `PORTAL_WRITE_SQL=1 script/test --no-check -n0 tests/portal/test_query_counts.py`, and read the difference.

-- messaging:message-list
SELECT … FROM "people_user" WHERE "people_user"."id" = ? LIMIT 21
SELECT … FROM "people_roleassignment" LEFT OUTER JOIN "people_region" ON ("people_roleassignment"."region_id" = "people_region"."id") LEFT OUTER JOIN "people_organisation" ON ("people_roleassignment"."organisation_id" = "people_organisation"."id") WHERE ("people_roleassignment"."user_id" = ? AND "people_roleassignment"."valid" @> ?) ORDER BY "people_roleassignment"."id" ASC
SELECT … FROM "messaging_inboxmessage" WHERE "messaging_inboxmessage"."user_id" = ? ORDER BY "messaging_inboxmessage"."created_at" DESC, "messaging_inboxmessage"."id" DESC LIMIT 21
SELECT COUNT(*) AS "__count" FROM "messaging_inboxmessage" WHERE ("messaging_inboxmessage"."user_id" = ? AND "messaging_inboxmessage"."read_at" IS NULL)
