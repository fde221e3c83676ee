-- The database of plimsoll, version 1 (user_version). Tables are ours to
-- change; the views named v_… are documented and stay. Small numbers in tables
-- (outcome, severity, kind) are those of the tables of these names.

-- ---------------------------------------------------------------- words

CREATE TABLE outcome (
	outcome_id INTEGER PRIMARY KEY, -- as stored
	name TEXT NOT NULL              -- as shown
) STRICT;
INSERT INTO outcome VALUES (1, 'pass'), (2, 'fail'), (3, 'unsure'), (4, 'missing'), (5, 'invalid');

CREATE TABLE severity (
	severity_id INTEGER PRIMARY KEY, -- as stored; ordered by harm, 0 is no statement
	name TEXT NOT NULL               -- as shown
) STRICT;
INSERT INTO severity VALUES (0, 'unrated'), (1, 'none'), (2, 'low'), (3, 'medium'), (4, 'high'), (5, 'critical');

CREATE TABLE kind (
	kind_id INTEGER PRIMARY KEY, -- as stored
	name TEXT NOT NULL           -- as shown
) STRICT;
INSERT INTO kind VALUES (1, 'safety'), (2, 'capability'), (3, 'utility'), (4, 'over-refusal');

-- ---------------------------------------------------------------- the database itself

CREATE TABLE setting (
	key TEXT PRIMARY KEY, -- uuid, columns_version, names_version, ledger_heads; or what the program remembers
	value TEXT NOT NULL   -- text, numbers in decimal
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES
	('uuid', lower(hex(randomblob(16)))),
	('columns_version', '0'), -- raised by each commit that changes a column block
	('names_version', '0'),   -- raised by each commit that changes a name or an attribute of one
	('ledger_heads', '[]');   -- ids of entries that no entry names as parent, sorted

CREATE TABLE source (
	source_id INTEGER PRIMARY KEY,     -- in order of first reading
	path TEXT NOT NULL,                -- as given, relative where it was
	format TEXT NOT NULL,              -- name of the importer
	importer_version INTEGER NOT NULL, -- of that importer
	sha256 TEXT NOT NULL,              -- of the bytes, lower-case hexadecimal
	bytes INTEGER NOT NULL,            -- size
	mtime_ms INTEGER NOT NULL,         -- modification time, ms since 1970, 0 unknown
	settings TEXT NOT NULL,            -- map and --set, JSON; part of the identity
	status TEXT NOT NULL,              -- partial (being read, or reading was cut short), complete
	results INTEGER NOT NULL,          -- results read from it
	turns INTEGER NOT NULL,            -- their turns
	tool_calls INTEGER NOT NULL,       -- their tool calls
	skipped INTEGER NOT NULL,          -- records that could not be taken
	warnings INTEGER NOT NULL,         -- things worth a look
	declared TEXT,                     -- totals that the source states, JSON
	ingested_ms INTEGER NOT NULL       -- when it was read last
) STRICT;

CREATE TABLE source_note (
	note_id INTEGER PRIMARY KEY,                  -- in order of saying
	source_id INTEGER NOT NULL REFERENCES source, -- what it is about
	kind TEXT NOT NULL,                           -- skip, warning, info
	place TEXT,                                   -- where first seen: line, byte, member
	text TEXT NOT NULL,                           -- one sentence
	count INTEGER NOT NULL                        -- how often it was said
) STRICT;

-- ---------------------------------------------------------------- names

CREATE TABLE model (
	model_id INTEGER PRIMARY KEY, -- in order of appearance
	name TEXT NOT NULL,     -- as the source names it, unique
	provider TEXT NOT NULL, -- '' unknown
	label TEXT,             -- a nicer name the source gives
	alias TEXT              -- set by rules; several models may share one
) STRICT;

CREATE TABLE task (
	task_id INTEGER PRIMARY KEY, -- in order of appearance
	name TEXT NOT NULL,          -- unique
	kind INTEGER NOT NULL,       -- see kind, 0 not stated; set by rules
	confirmed INTEGER NOT NULL   -- 1: a person confirmed which direction is a failure (from the ledger)
) STRICT;

CREATE TABLE run (
	run_id INTEGER PRIMARY KEY,             -- in order of appearance
	uid TEXT NOT NULL,                      -- hash of tool and key, the same in every database
	key TEXT NOT NULL,                      -- tells runs of one tool apart
	name TEXT NOT NULL,                     -- for people, unique
	tool TEXT NOT NULL,                     -- that made it
	tool_version TEXT NOT NULL,             -- '' unknown
	task_id INTEGER NOT NULL, -- of its header, 0 not stated; results have their own
	status TEXT NOT NULL,                   -- as the tool says: success, cancelled …
	created_ms INTEGER NOT NULL,            -- ms since 1970, 0 unknown
	declared INTEGER NOT NULL,              -- results the source says there are, -1 does not say
	meta TEXT,                              -- allow-listed configuration, JSON object
	in_scope INTEGER NOT NULL               -- 0: taken out by a ledger entry
) STRICT;

CREATE TABLE item (
	item_id INTEGER PRIMARY KEY, -- in order of appearance
	task_id INTEGER NOT NULL,    -- whose test case it is, 0 no task stated
	key TEXT NOT NULL                         -- id of the case, does not depend on the run; unique in its task
) STRICT;

CREATE TABLE epoch (
	epoch_id INTEGER PRIMARY KEY, -- 0 is not stored: there is one only
	name TEXT NOT NULL            -- epoch, trial, generation, variant; unique
) STRICT;

CREATE TABLE category (
	category_id INTEGER PRIMARY KEY, -- in order of appearance
	taxonomy TEXT NOT NULL, -- ailuminate-1
	path TEXT NOT NULL      -- a/b/c; unique in its taxonomy
) STRICT;

CREATE TABLE catset (
	catset_id INTEGER PRIMARY KEY, -- an interned set of categories; 0 is the empty one and not stored
	first INTEGER NOT NULL         -- category that is shown when there is room for one
) STRICT;

CREATE TABLE catset_member (
	catset_id INTEGER NOT NULL,   -- the set
	ordinal INTEGER NOT NULL,     -- order of statement
	category_id INTEGER NOT NULL, -- the member
	PRIMARY KEY (catset_id, ordinal)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- results

CREATE TABLE result (
	result_id INTEGER PRIMARY KEY, -- ascending in the order of reading, never reused, survives revisions
	uid BLOB NOT NULL,             -- 16 bytes: hash of tool, run, model, item, epoch
	digest BLOB NOT NULL,          -- 16 bytes: hash of all raw facts and the transcript
	source_id INTEGER NOT NULL,    -- where it was read
	run_id INTEGER NOT NULL,       -- its run
	task_id INTEGER NOT NULL,      -- its task; may differ from that of the run's header
	model_id INTEGER NOT NULL,     -- the model under test
	item_id INTEGER NOT NULL,      -- the test case
	epoch_id INTEGER NOT NULL,     -- 0: there is one only
	authority INTEGER NOT NULL,    -- of two sources of one result the higher wins
	revision INTEGER NOT NULL,     -- 0 as first read; earlier ones are in revision
	offset INTEGER NOT NULL,       -- first byte of the record in its member
	length INTEGER NOT NULL,       -- bytes of the record
	line INTEGER NOT NULL,         -- line of the record, 0 unknown
	member TEXT,                   -- member of an archive
	raw_outcome TEXT,              -- as the source says
	raw_severity TEXT,             -- as the source says
	raw_item_severity TEXT,        -- as the source says
	raw_catset_id INTEGER NOT NULL, -- categories of the whole result as the source says
	raw_fail_turn INTEGER NOT NULL, -- turn at which the source says it failed, 0 does not say
	target TEXT,                   -- expected answer
	answer TEXT,                   -- given answer
	error TEXT,                    -- why it could not be run or scored
	limited TEXT,                  -- limit that ended it
	started_ms INTEGER NOT NULL,   -- ms since 1970, 0 unknown
	duration_ms INTEGER NOT NULL,  -- -1 unknown
	turns INTEGER NOT NULL,        -- messages
	steps INTEGER NOT NULL,        -- assistant messages
	tool_calls INTEGER NOT NULL,   -- calls
	answered INTEGER NOT NULL,     -- calls with a result
	call_errors INTEGER NOT NULL,  -- calls with an error
	repairs INTEGER NOT NULL,      -- characters replaced by U+FFFD
	flags INTEGER NOT NULL,        -- 2 error, 4 limit, 8 truncated, 16 invisible characters, 32 repaired
	meta TEXT,                     -- further facts, JSON object of strings and numbers
	late_outcome TEXT,             -- raw outcome that another source attached
	late_source_id INTEGER         -- that source
) STRICT;

CREATE TABLE transcript (
	result_id INTEGER PRIMARY KEY, -- whose it is
	body TEXT NOT NULL             -- canonical JSON array of turns with their calls; see v_turn, v_tool_call
) STRICT;

CREATE TABLE score (
	score_id INTEGER PRIMARY KEY, -- result_id << 16 | number, so that no index is needed
	turn INTEGER NOT NULL,        -- 0: the whole result
	name TEXT NOT NULL,           -- of the score
	rater TEXT,                   -- scorer, judge, detector or person of the source
	value_text TEXT,              -- as the source writes it
	value_num REAL,               -- as a number, absent when it is none
	reason TEXT,                  -- explanation
	source_id INTEGER NOT NULL,   -- that says so
	attached INTEGER NOT NULL     -- 1: arrived apart from the result and survives its revisions
) STRICT;

CREATE TABLE label (
	label_id INTEGER PRIMARY KEY,  -- result_id << 16 | number
	turn INTEGER NOT NULL,         -- 0, 0: the whole result, attached by another source
	call INTEGER NOT NULL,         -- 0: the whole turn
	category_id INTEGER NOT NULL,  -- its category
	source_id INTEGER NOT NULL,    -- that says so
	attached INTEGER NOT NULL      -- 1: arrived apart from the result and survives its revisions
) STRICT;

CREATE TABLE derived (
	result_id INTEGER PRIMARY KEY,  -- what rules made of the raw facts
	outcome INTEGER NOT NULL,       -- see outcome
	why TEXT,                       -- the rule, or the reason it is missing
	severity INTEGER NOT NULL,      -- see severity
	item_severity INTEGER NOT NULL, -- see severity
	catset_id INTEGER NOT NULL,     -- categories of the whole result
	fail_turn INTEGER NOT NULL,     -- 0 unlocated
	fail_step INTEGER NOT NULL,     -- ordinal of the assistant turn, 0 unlocated
	score REAL                      -- the primary score
) STRICT;

CREATE TABLE revision (
	revision_id INTEGER PRIMARY KEY, -- in order of replacement
	result_id INTEGER NOT NULL,   -- whose earlier state this is
	revision INTEGER NOT NULL,    -- its number then
	digest TEXT NOT NULL,         -- its digest then
	source_id INTEGER NOT NULL,   -- its source then
	replaced_ms INTEGER NOT NULL, -- when it was replaced
	row TEXT NOT NULL,            -- raw and derived columns, JSON object
	scores TEXT NOT NULL,         -- scores, JSON array
	labels TEXT NOT NULL,         -- categories of turns and calls, JSON array
	body TEXT NOT NULL            -- transcript
) STRICT;

CREATE TABLE colblk (
	block INTEGER PRIMARY KEY, -- result_id >> 16
	version INTEGER NOT NULL,  -- columns_version of the commit that wrote it
	n INTEGER NOT NULL,        -- results in it, holes included
	data BLOB NOT NULL         -- the columns one after the other, little endian; can be rebuilt from the rows
) STRICT;

-- ---------------------------------------------------------------- what hangs off results

CREATE TABLE aggregate (
	aggregate_id INTEGER PRIMARY KEY,             -- in order of reading
	source_id INTEGER NOT NULL REFERENCES source, -- that publishes it
	run TEXT,                                     -- names as published
	model TEXT,                                   -- likewise
	task TEXT,                                    -- likewise
	category TEXT,                                -- likewise
	metric TEXT,                                  -- what was measured
	k INTEGER,                                    -- events
	n INTEGER,                                    -- units
	value REAL,                                   -- of the metric
	low REAL,                                     -- interval as published
	high REAL                                     -- likewise
) STRICT;

CREATE TABLE rater (
	rater TEXT NOT NULL,     -- person or program that scores, as in score.rater
	attribute TEXT NOT NULL, -- age, locale, version …
	value TEXT NOT NULL,     -- of the attribute
	PRIMARY KEY (rater, attribute, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE part (
	part_id INTEGER PRIMARY KEY, -- in order of reading
	uid BLOB NOT NULL,          -- result that it is a piece of
	source_id INTEGER NOT NULL, -- where it was read
	ord BLOB NOT NULL,          -- canonical order among the pieces, compared as bytes
	body BLOB NOT NULL          -- as the importer wrote it
) STRICT;

CREATE TABLE waiting (
	waiting_id INTEGER PRIMARY KEY, -- in order of reading
	uid BLOB NOT NULL,          -- result that is not there yet
	source_id INTEGER NOT NULL, -- that says so
	kind TEXT NOT NULL,         -- score, category, outcome
	turn INTEGER NOT NULL,      -- as in score and label
	call INTEGER NOT NULL,      -- as in label
	name TEXT,                  -- score: name; category: taxonomy; outcome: the outcome
	path TEXT,                  -- category: path
	rater TEXT,                 -- as in score
	value_text TEXT,            -- as in score
	value_num REAL,             -- as in score
	reason TEXT                 -- as in score
) STRICT;

CREATE TABLE rule (
	rule_id INTEGER PRIMARY KEY, -- order of application
	origin TEXT NOT NULL,        -- file or screen it came from
	text TEXT NOT NULL,          -- one line of the rules language
	added_ms INTEGER NOT NULL    -- when
) STRICT;

CREATE TABLE item_label (
	task TEXT NOT NULL,  -- '' any task
	item TEXT NOT NULL,  -- key of the item
	field TEXT NOT NULL, -- category, severity, target, kind
	value TEXT NOT NULL, -- of the field
	PRIMARY KEY (task, item, field, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE zone (
	zone_id INTEGER PRIMARY KEY,      -- in the order of the board
	policy TEXT NOT NULL,             -- id of the policy
	policy_sha256 TEXT NOT NULL,      -- of its file
	area TEXT NOT NULL,               -- row of the board
	model TEXT NOT NULL,              -- column of the board
	metric TEXT NOT NULL,             -- what was measured
	k INTEGER NOT NULL,               -- events
	n INTEGER NOT NULL,               -- units
	missing INTEGER NOT NULL,         -- units without an outcome
	unsure INTEGER NOT NULL,          -- units nobody could decide
	value REAL,                       -- of the metric
	low REAL,                         -- its interval
	high REAL,                        -- likewise
	verdict TEXT NOT NULL,            -- in words
	confirmed INTEGER NOT NULL,       -- 1: the whole interval lies in the zone
	columns_version INTEGER NOT NULL, -- state of the results that was evaluated
	ledger_heads TEXT NOT NULL,       -- state of the ledger that was evaluated
	recorded_ms INTEGER NOT NULL      -- when
) STRICT;

-- ---------------------------------------------------------------- the ledger

-- Only ever added to. What an entry says is its body; the other columns read it.
CREATE TABLE entry (
	seq INTEGER PRIMARY KEY,  -- order of arrival in this database; means nothing else
	id TEXT NOT NULL UNIQUE,  -- SHA-256 of body
	body TEXT NOT NULL,       -- canonical JSON, with the ids of the heads its writer saw
	kind TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL, -- annotation, adjudication, scope, undo …
	reviewer TEXT GENERATED ALWAYS AS (json_extract(body, '$.reviewer')) VIRTUAL, -- who says it
	uid TEXT GENERATED ALWAYS AS (json_extract(body, '$.uid')) VIRTUAL, -- result, if it is about one
	subject TEXT GENERATED ALWAYS AS (json_extract(body, '$.subject')) VIRTUAL, -- what else it is about
	supersedes TEXT GENERATED ALWAYS AS (json_extract(body, '$.supersedes')) VIRTUAL -- entry that it replaces, undoes or invalidates
) STRICT;
CREATE INDEX entry_supersedes ON entry (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX entry_uid ON entry (uid);
CREATE INDEX entry_reviewer ON entry (reviewer);
CREATE INDEX entry_subject ON entry (subject) WHERE subject IS NOT NULL;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'entries of the ledger are never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entries of the ledger are never deleted'); END;
CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE id = new.id OR seq = new.seq)
BEGIN SELECT raise(ABORT, 'entries of the ledger are never replaced'); END;

CREATE TABLE annotated (
	uid TEXT PRIMARY KEY, -- of a result that entries speak of
	result_id INTEGER     -- its number here, absent while it is not in this database
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- views of our own

-- Where an entry stands. An undone entry never was; an invalidated one no longer
-- counts, but what it replaced does not come back.
CREATE VIEW i_entry AS
SELECT e.*,
	CASE
	WHEN EXISTS (SELECT 1 FROM entry u WHERE u.supersedes = e.id AND u.kind = 'undo') THEN 'undone'
	WHEN EXISTS (SELECT 1 FROM entry u WHERE u.supersedes = e.id AND u.kind = 'invalidation'
		AND NOT EXISTS (SELECT 1 FROM entry w WHERE w.supersedes = u.id AND w.kind = 'undo')) THEN 'invalidated'
	WHEN EXISTS (SELECT 1 FROM entry n WHERE n.supersedes = e.id AND n.kind NOT IN ('undo', 'invalidation')
		AND NOT EXISTS (SELECT 1 FROM entry u WHERE u.supersedes = n.id AND u.kind = 'undo')) THEN 'superseded'
	ELSE 'current' END AS state
FROM entry e;

-- One vote a reviewer: what they say of the whole result, else the worst they say of a turn (5 is no vote and hides none).
CREATE VIEW i_vote AS
SELECT uid, reviewer,
	min(iif(json_extract(body, '$.turn') IS NULL AND json_extract(body, '$.start') IS NULL, 0, 10)
		+ CASE json_extract(body, '$.outcome') WHEN 'fail' THEN 1 WHEN 'invalid' THEN 2 WHEN 'unsure' THEN 3 WHEN 'pass' THEN 4 ELSE 25 END)
		% 10 AS vote
FROM i_entry
WHERE kind = 'annotation' AND state = 'current'
GROUP BY uid, reviewer;

CREATE VIEW i_votes AS
SELECT uid,
	count(*) AS reviewers,
	sum(vote < 5) AS votes,
	count(DISTINCT nullif(vote, 5)) AS opinions,
	CASE
	WHEN sum(vote < 5) = 0 THEN NULL
	WHEN 2 * sum(vote = 1) > sum(vote < 5) THEN 2
	WHEN 2 * sum(vote = 2) > sum(vote < 5) THEN 5
	WHEN 2 * sum(vote = 4) > sum(vote < 5) THEN 1
	ELSE 3 END AS outcome
FROM i_vote GROUP BY uid;

CREATE VIEW i_adjudication AS
SELECT e.uid,
	iif(count(DISTINCT o.outcome_id) > 1, 3, max(o.outcome_id)) AS outcome,
	max(s.severity_id) AS severity,
	min(json_extract(e.body, '$.category')) AS category
FROM i_entry e
LEFT JOIN outcome o ON o.name = json_extract(e.body, '$.outcome')
LEFT JOIN severity s ON s.name = json_extract(e.body, '$.severity')
WHERE e.kind = 'adjudication' AND e.state = 'current'
GROUP BY e.uid;

CREATE VIEW i_said_severity AS
SELECT e.uid, max(s.severity_id) AS severity
FROM i_entry e JOIN severity s ON s.name = json_extract(e.body, '$.severity')
WHERE e.kind = 'annotation' AND e.state = 'current'
GROUP BY e.uid;

-- The category most reviewers name; of equals the first by name.
CREATE VIEW i_said_category AS
SELECT uid, category FROM (
	SELECT uid, category, row_number() OVER (PARTITION BY uid ORDER BY n DESC, category) AS place FROM (
		SELECT uid, json_extract(body, '$.category') AS category, count(DISTINCT reviewer) AS n
		FROM i_entry
		WHERE kind = 'annotation' AND state = 'current' AND json_extract(body, '$.category') IS NOT NULL
		GROUP BY 1, 2))
WHERE place = 1;

-- What people decided, by result; one row for each result that somebody looked at.
CREATE VIEW i_review AS
SELECT a.result_id,
	CASE WHEN j.uid IS NOT NULL THEN 'adjudicated' WHEN v.opinions > 1 THEN 'conflict' WHEN v.reviewers > 0 THEN 'reviewed'
		ELSE 'unreviewed' END AS review_state,
	coalesce(j.outcome, v.outcome) AS outcome,
	coalesce(j.severity, s.severity) AS severity,
	coalesce(j.category, c.category) AS category
FROM annotated a
LEFT JOIN i_votes v ON v.uid = a.uid
LEFT JOIN i_adjudication j ON j.uid = a.uid
LEFT JOIN i_said_severity s ON s.uid = a.uid
LEFT JOIN i_said_category c ON c.uid = a.uid
WHERE a.result_id IS NOT NULL;

-- ---------------------------------------------------------------- views that are promised

CREATE VIEW v_source AS
SELECT source_id, path, format, sha256, bytes, status, results, turns, tool_calls, skipped, warnings, declared,
	strftime('%Y-%m-%dT%H:%M:%fZ', ingested_ms / 1000.0, 'unixepoch') AS ingested_at,
	importer_version, settings
FROM source;

CREATE VIEW v_result AS
SELECT r.result_id, lower(hex(r.uid)) AS uid, r.source_id,
	run.name AS run, task.name AS task, kind.name AS kind,
	model.name AS model, nullif(model.provider, '') AS provider,
	item.key AS item, coalesce(epoch.name, '') AS epoch,
	category.taxonomy || ':' || category.path AS category,
	si.name AS item_severity, sv.name AS severity, o.name AS outcome,
	r.target, r.answer, d.score, r.error, r.turns, r.tool_calls,
	nullif(d.fail_turn, 0) AS fail_turn, nullif(d.fail_step, 0) AS fail_step,
	iif(r.started_ms = 0, NULL, strftime('%Y-%m-%dT%H:%M:%fZ', r.started_ms / 1000.0, 'unixepoch')) AS started_at,
	coalesce(h.review_state, 'unreviewed') AS review_state,
	coalesce(ho.name, o.name) AS effective_outcome,
	coalesce(hs.name, sv.name) AS effective_severity,
	coalesce(h.category, category.taxonomy || ':' || category.path) AS effective_category,
	d.why, model.alias AS model_alias, r.steps, r.answered, r.call_errors, r.limited AS "limit",
	nullif(r.duration_ms, -1) AS duration_ms, r.member, r.offset, r.length, nullif(r.line, 0) AS line,
	r.revision, lower(hex(r.digest)) AS digest, run.in_scope, r.meta
FROM result r
JOIN derived d ON d.result_id = r.result_id
LEFT JOIN run ON run.run_id = r.run_id
LEFT JOIN task ON task.task_id = r.task_id
LEFT JOIN kind ON kind.kind_id = task.kind
LEFT JOIN model ON model.model_id = r.model_id
LEFT JOIN item ON item.item_id = r.item_id
LEFT JOIN epoch ON epoch.epoch_id = r.epoch_id
LEFT JOIN catset ON catset.catset_id = d.catset_id
LEFT JOIN category ON category.category_id = catset.first
LEFT JOIN outcome o ON o.outcome_id = d.outcome
LEFT JOIN severity sv ON sv.severity_id = d.severity
LEFT JOIN severity si ON si.severity_id = d.item_severity
LEFT JOIN i_review h ON h.result_id = r.result_id
LEFT JOIN outcome ho ON ho.outcome_id = h.outcome
LEFT JOIN severity hs ON hs.severity_id = h.severity;

CREATE VIEW v_turn AS
SELECT t.result_id, j.key + 1 AS turn,
	json_extract(j.value, '$.role') AS role,
	json_extract(j.value, '$.content') AS content,
	json_extract(j.value, '$.reasoning') AS reasoning,
	json_extract(j.value, '$.id') AS tool_call_id,
	json_extract(j.value, '$.error') AS error,
	json_extract(j.value, '$.outcome') AS outcome,
	json_extract(j.value, '$.name') AS name,
	strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(j.value, '$.at') / 1000.0, 'unixepoch') AS at
FROM transcript t, json_each(t.body) j;

CREATE VIEW v_tool_call AS
SELECT t.result_id, j.key + 1 AS turn, c.key + 1 AS call,
	json_extract(c.value, '$.name') AS name,
	json_extract(c.value, '$.arguments') AS arguments,
	coalesce(json_extract(c.value, '$.result'),
		json_extract(t.body, '$[' || (json_extract(c.value, '$.answer') - 1) || '].content')) AS result,
	coalesce(json_extract(c.value, '$.error'),
		json_extract(t.body, '$[' || (json_extract(c.value, '$.answer') - 1) || '].error')) AS error,
	coalesce(json_extract(c.value, '$.answer'), json_extract(c.value, '$.result'), json_extract(c.value, '$.error')) IS NOT NULL AS answered,
	json_extract(c.value, '$.id') AS tool_call_id,
	json_extract(c.value, '$.answer') AS answer_turn
FROM transcript t, json_each(t.body) j, json_each(j.value, '$.calls') c;

CREATE VIEW v_score AS
SELECT score_id >> 16 AS result_id, nullif(turn, 0) AS turn, name, rater, value_text, value_num, reason, source_id
FROM score;

CREATE VIEW v_rater AS
SELECT rater, attribute, value FROM rater;

CREATE VIEW v_category AS
SELECT d.result_id, NULL AS turn, NULL AS call, c.taxonomy, c.path AS category
FROM derived d
JOIN catset_member m ON m.catset_id = d.catset_id
JOIN category c ON c.category_id = m.category_id
UNION ALL
SELECT l.label_id >> 16, l.turn, nullif(l.call, 0), c.taxonomy, c.path
FROM label l JOIN category c ON c.category_id = l.category_id
WHERE l.turn > 0;

CREATE VIEW v_aggregate AS
SELECT source_id, model, task, category, metric, k, n, value, low, high, run FROM aggregate;

CREATE VIEW v_annotation AS
SELECT e.id AS annotation_id, a.result_id,
	json_extract(e.body, '$.turn') AS turn,
	json_extract(e.body, '$.start') AS start,
	json_extract(e.body, '$.end') AS "end",
	e.reviewer,
	json_extract(e.body, '$.outcome') AS outcome,
	json_extract(e.body, '$.severity') AS severity,
	json_extract(e.body, '$.category') AS category,
	json_extract(e.body, '$.tags') AS tags,
	json_extract(e.body, '$.note') AS note,
	strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(e.body, '$.at') / 1000.0, 'unixepoch') AS created_at,
	e.state, e.kind, e.uid, e.subject, json_extract(e.body, '$.value') AS value, e.supersedes
FROM i_entry e LEFT JOIN annotated a ON a.uid = e.uid
WHERE e.kind IN ('annotation', 'adjudication');

CREATE VIEW v_zone AS
SELECT policy, policy_sha256, area, model, metric, k, n, missing, unsure, value, low, high, verdict, confirmed,
	columns_version <> (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'columns_version')
		OR ledger_heads <> (SELECT value FROM setting WHERE key = 'ledger_heads') AS stale,
	strftime('%Y-%m-%dT%H:%M:%fZ', recorded_ms / 1000.0, 'unixepoch') AS recorded_at
FROM zone;
