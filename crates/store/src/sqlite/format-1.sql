-- Data format 1. Released formats never change: what comes next is another step, in a file of its own.
-- p: partition, s: sort, v: version, i1p, i1s, i2p, i2s: the attributes of the indexes, x: expiration (epoch seconds).

CREATE TABLE users (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE locations (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE resources (
    p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    i1p TEXT
) STRICT;
CREATE INDEX resources_1 ON resources (i1p, p);

CREATE TABLE bookings (
    p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    i1p TEXT, i1s INTEGER, i2p TEXT, i2s INTEGER
) STRICT;
CREATE INDEX bookings_1 ON bookings (i1p, i1s, p);
CREATE INDEX bookings_2 ON bookings (i2p, i2s, p);

CREATE TABLE occupancy (
    p TEXT NOT NULL, s INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT, WITHOUT ROWID;

CREATE TABLE quotas (
    p TEXT NOT NULL, s TEXT NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT, WITHOUT ROWID;

CREATE TABLE timers (
    p TEXT NOT NULL, s TEXT NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    i1p TEXT
) STRICT;
CREATE INDEX requests_1 ON requests (i1p, p);

CREATE TABLE queue (
    p TEXT NOT NULL, s INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    p TEXT NOT NULL, s TEXT NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT;

CREATE TABLE idempotency (
    p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    x INTEGER
) STRICT;
CREATE INDEX idempotency_x ON idempotency (x);

-- Events get their place in the log in the commit, so that none is ever in an outbox.
CREATE TABLE events (
    p TEXT NOT NULL, s INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    i1p TEXT, i1s INTEGER,
    PRIMARY KEY (p, s)
) STRICT;
CREATE INDEX events_1 ON events (i1p, i1s, p) WHERE i1p IS NOT NULL;

CREATE TABLE log (
    p TEXT NOT NULL, s INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE deadletters (
    p TEXT NOT NULL, s INTEGER NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    PRIMARY KEY (p, s)
) STRICT;

CREATE TABLE credentials (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE accounts (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE groups (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

CREATE TABLE sessions (
    p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT,
    x INTEGER
) STRICT;
CREATE INDEX sessions_x ON sessions (x);

CREATE TABLE keys (p TEXT PRIMARY KEY NOT NULL, v INTEGER NOT NULL, body TEXT NOT NULL, private TEXT) STRICT;

-- One row: the greatest version that any removed item had. New items start above it, so no version comes twice.
CREATE TABLE removed (version INTEGER NOT NULL) STRICT;
INSERT INTO removed VALUES (0);

-- The operator's own tables and their keys: `name:pk[:sk]`, as they are configured.
CREATE TABLE records_tables (t TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL) STRICT;

-- Their items. t: table, h: the first 32 bits of the SHA-256 of p, p: partition key, s: sort key (both in bytes that sort as the values
-- do, s empty where there is none), body: the attributes in DynamoDB's JSON.
CREATE TABLE records (
    t TEXT NOT NULL, h INTEGER NOT NULL, p BLOB NOT NULL, s BLOB NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (t, h, p, s)
) STRICT;
