-- What the application's role may do; run after every migration. :app is the role's quoted name.
grant usage on schema core, keys, people, directory, intake, triage, notifications to :app;
grant select, insert, update, delete on all tables in schema core, keys, people, directory, intake, triage, notifications to :app;
grant usage, select on all sequences in schema core, people to :app;
revoke update, delete, truncate on core.audit, core.audit_link from :app;
revoke update, delete, truncate on core.referral_history from :app;
-- A purge empties the reasons in free text; the steps themselves stand.
grant update (sealed_reason) on core.referral_history to :app;
revoke insert, update, delete on core.lifecycle_step from :app;
