-- One function appends to a partnership's chain, and nothing else can: the application has no INSERT on the ledger.
-- It runs as the owner of the schema (not a superuser; row-level security is forced on it too), so it can only
-- append within the partnership of the transaction. The canonical bytes are each field as "length:value", so that no
-- two different events have the same bytes; app/ledger/chain.py computes the same in Python.
CREATE FUNCTION ledger_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT octet_length(convert_to(coalesce(value, ''), 'UTF8'))::text || ':' || coalesce(value, '') $$;

CREATE FUNCTION ledger_instant(value timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

CREATE FUNCTION ledger_append(
    p_happened_at timestamptz, p_recorded_at timestamptz, p_actor_person uuid, p_actor_capacity text, p_kind text,
    p_case_id uuid, p_stage text, p_party text, p_outcome text, p_facts text, p_payload text, p_salt bytea
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    v_partnership uuid := nullif(current_setting('waymark.partnership', true), '')::uuid;
    v_count bigint;
    v_previous bytea;
    v_digest bytea;
    v_hash bytea;
BEGIN
    IF v_partnership IS NULL THEN
        RAISE EXCEPTION 'no partnership is in scope';
    END IF;
    INSERT INTO ledger_heads (partnership_id, count, hash) VALUES (v_partnership, 0, decode(repeat('00', 32), 'hex'))
        ON CONFLICT (partnership_id) DO NOTHING;
    SELECT count, hash INTO v_count, v_previous FROM ledger_heads WHERE partnership_id = v_partnership FOR UPDATE;
    v_count := v_count + 1;
    v_digest := sha256(p_salt || convert_to(p_payload, 'UTF8'));
    v_hash := sha256(v_previous || convert_to(
        ledger_field('1') || ledger_field(v_partnership::text) || ledger_field(v_count::text)
        || ledger_field(ledger_instant(p_happened_at)) || ledger_field(ledger_instant(p_recorded_at))
        || ledger_field(p_actor_person::text) || ledger_field(p_actor_capacity) || ledger_field(p_kind)
        || ledger_field(p_case_id::text) || ledger_field(p_stage) || ledger_field(p_party)
        || ledger_field(p_outcome) || ledger_field(p_facts) || ledger_field(encode(v_digest, 'hex')), 'UTF8'));
    INSERT INTO ledger_events (partnership_id, number, version, happened_at, recorded_at, actor_person, actor_capacity,
        kind, case_id, stage, party, outcome, facts, payload_digest, previous_hash, hash)
    VALUES (v_partnership, v_count, 1, p_happened_at, p_recorded_at, p_actor_person, p_actor_capacity,
        p_kind, p_case_id, p_stage, p_party, p_outcome, p_facts, v_digest, v_previous, v_hash);
    INSERT INTO ledger_payloads (partnership_id, number, salt, payload)
    VALUES (v_partnership, v_count, p_salt, p_payload);
    UPDATE ledger_heads SET count = v_count, hash = v_hash WHERE partnership_id = v_partnership;
    RETURN v_count;
END
$$;
REVOKE ALL ON FUNCTION ledger_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_append TO waymark_app;
