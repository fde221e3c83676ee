-- What a source does not agree with itself about, what of it was not imported; who started a sub-agent.

ALTER TABLE source ADD COLUMN mismatch TEXT; -- declared totals that the results do not bear out, for people
ALTER TABLE source ADD COLUMN ignored TEXT;  -- what was there and was not imported, for people

DROP VIEW v_source;
CREATE VIEW v_source AS
SELECT source_id, path, format, sha256, bytes, status, results, turns, tool_calls, skipped, warnings, declared, mismatch, ignored,
	strftime('%Y-%m-%dT%H:%M:%fZ', ingested_ms / 1000.0, 'unixepoch') AS ingested_at,
	importer_version, settings
FROM source;

DROP VIEW v_turn;
CREATE VIEW v_turn AS
SELECT t.result_id, j.key + 1 AS turn,
	json_extract(j.value, '$.role') AS role,
	json_extract(j.value, '$.content') AS content,
	json_extract(j.value, '$.reasoning') AS reasoning,
	json_extract(j.value, '$.id') AS tool_call_id,
	json_extract(j.value, '$.error') AS error,
	json_extract(j.value, '$.outcome') AS outcome,
	json_extract(j.value, '$.name') AS name,
	strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(j.value, '$.at') / 1000.0, 'unixepoch') AS at,
	json_extract(j.value, '$.parent') AS parent_call
FROM transcript t, json_each(t.body) j;

-- Labels of items, from item banks and label files.
CREATE VIEW v_item_label AS
SELECT nullif(task, '') AS task, item, field, value FROM item_label;
