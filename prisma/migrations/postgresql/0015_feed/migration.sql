-- Says on a channel that Revision was raised, whoever has raised it, once that is committed and not if it is not. Without a
-- number: many raises in one transaction are one notification. For PostgreSQL only; SQLite's history has no number 15.
CREATE FUNCTION "tell_of_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('coffer_revision', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "tell_of_revision" AFTER UPDATE ON "Revision"
    FOR EACH ROW WHEN (OLD."counter" IS DISTINCT FROM NEW."counter") EXECUTE FUNCTION "tell_of_revision"();
