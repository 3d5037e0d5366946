-- The two roles and the database, made by a superuser before the first migration; safe to repeat.
-- `./rms` runs it on its private server, docker-compose.yml when the database volume is new.
-- rms_owner owns the database and migrates it; the app connects as rms_app and can change no table's shape.
\getenv owner_password RMS_OWNER_PASSWORD
\getenv app_password RMS_APP_PASSWORD
\set ON_ERROR_STOP on

select 'create role rms_owner login' where not exists (select from pg_roles where rolname = 'rms_owner') \gexec
select 'create role rms_app login' where not exists (select from pg_roles where rolname = 'rms_app') \gexec
alter role rms_owner with nosuperuser nocreatedb nocreaterole password :'owner_password';
alter role rms_app with nosuperuser nocreatedb nocreaterole password :'app_password';

select 'create database rms owner rms_owner' where not exists (select from pg_database where datname = 'rms') \gexec
revoke all on database rms from public;
grant connect, temporary on database rms to rms_app;
