-- A journal of version 1 as that version left it: done, open at its second attempt, unknown, a cancel, refused.
BEGIN TRANSACTION;
CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  venue TEXT NOT NULL, environment TEXT NOT NULL, base_url TEXT NOT NULL,
  account TEXT, key_digest TEXT NOT NULL,
  operation TEXT NOT NULL, places INTEGER NOT NULL,
  symbol TEXT NOT NULL, client_order_id TEXT, change TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  fence TEXT, margin_us INTEGER, began TEXT,
  order_id TEXT, result TEXT, error TEXT,
  written TEXT NOT NULL, updated TEXT NOT NULL
);
INSERT INTO "changes" VALUES(1,'1fd03265b647491cbc43303011ee841f','toy','live','https://toy.example','bot2','d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1','create_order',1,'BTC/USDT','done','{"kind":"LimitOrder","symbol":"BTC/USDT","side":"buy","amount":"1","price":"0.00000001","time_in_force":"gtc","client_order_id":"done"}','done',1,'2026-03-01T12:00:03.500000+00:00',1000000,'2026-03-01T12:00:00.000000+00:00','7','{"kind":"Order","symbol":"BTC/USDT","id":"7","filled":"0.10","timestamp":"2026-03-01T12:00:00.000000+00:00"}',NULL,'2026-11-27T06:41:58.937288+00:00','2026-11-27T06:41:58.940346+00:00');
INSERT INTO "changes" VALUES(2,'9a9e2418fb5b4b86b191eeaf54a43e6e','toy','live','https://toy.example','bot2','d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1','create_order',1,'BTC/USDT','open','{"kind":"LimitOrder","symbol":"BTC/USDT","side":"buy","amount":"1","price":"0.00000001","time_in_force":"gtc","client_order_id":"open"}','open',2,'2026-03-01T12:00:03.500000+00:00',1000000,'2026-03-01T12:00:00.000000+00:00',NULL,NULL,NULL,'2026-11-27T06:41:58.940656+00:00','2026-11-27T06:41:58.940833+00:00');
INSERT INTO "changes" VALUES(3,'13d8813e253a42d694fd5fbb71217a3c','toy','live','https://toy.example','bot2','d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1','create_order',1,'BTC/USDT','unsure','{"kind":"LimitOrder","symbol":"BTC/USDT","side":"buy","amount":"1","price":"0.00000001","time_in_force":"gtc","client_order_id":"unsure"}','unknown',1,'2026-03-01T12:00:03.500000+00:00',1000000,'2026-03-01T12:00:00.000000+00:00',NULL,NULL,'OutcomeUnknown: the answer got lost','2026-11-27T06:41:58.941023+00:00','2026-11-27T06:41:58.941212+00:00');
INSERT INTO "changes" VALUES(4,'a5f329dc4b7f4d9ebc8c84367f76e593','toy','live','https://toy.example','bot2','d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1','cancel_order',0,'BTC/USDT','done','{"kind":"CancelRequest","symbol":"BTC/USDT","client_order_id":"done"}','open',1,'2026-03-01T12:00:03.500000+00:00',1000000,'2026-03-01T12:00:00.000000+00:00',NULL,NULL,NULL,'2026-11-27T06:41:58.941388+00:00','2026-11-27T06:41:58.941388+00:00');
INSERT INTO "changes" VALUES(5,'0664e15442c849e1a5dc8ca53b8f37ad','toy','live','https://toy.example','bot2','d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1','create_order',1,'BTC/USDT','refused','{"kind":"LimitOrder","symbol":"BTC/USDT","side":"buy","amount":"1","price":"0.00000001","time_in_force":"gtc","client_order_id":"refused"}','refused',1,'2026-03-01T12:00:03.500000+00:00',1000000,'2026-03-01T12:00:00.000000+00:00',NULL,NULL,'OutcomeUnknown: the answer got lost','2026-11-27T06:41:58.941542+00:00','2026-11-27T06:41:58.941685+00:00');
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES changes (id),
  uid TEXT NOT NULL, at TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER, fence TEXT, order_id TEXT, result TEXT, error TEXT
);
INSERT INTO "events" VALUES(1,1,'1fd03265b647491cbc43303011ee841f','2026-11-27T06:41:58.937288+00:00','open',1,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(2,1,'1fd03265b647491cbc43303011ee841f','2026-11-27T06:41:58.940346+00:00','done',NULL,NULL,'7','{"kind":"Order","symbol":"BTC/USDT","id":"7","filled":"0.10","timestamp":"2026-03-01T12:00:00.000000+00:00"}',NULL);
INSERT INTO "events" VALUES(3,2,'9a9e2418fb5b4b86b191eeaf54a43e6e','2026-11-27T06:41:58.940656+00:00','open',1,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(4,2,'9a9e2418fb5b4b86b191eeaf54a43e6e','2026-11-27T06:41:58.940833+00:00','open',2,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(5,3,'13d8813e253a42d694fd5fbb71217a3c','2026-11-27T06:41:58.941023+00:00','open',1,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(6,3,'13d8813e253a42d694fd5fbb71217a3c','2026-11-27T06:41:58.941212+00:00','unknown',NULL,NULL,NULL,NULL,'OutcomeUnknown: the answer got lost');
INSERT INTO "events" VALUES(7,4,'a5f329dc4b7f4d9ebc8c84367f76e593','2026-11-27T06:41:58.941388+00:00','open',1,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(8,5,'0664e15442c849e1a5dc8ca53b8f37ad','2026-11-27T06:41:58.941542+00:00','open',1,'2026-03-01T12:00:03.500000+00:00',NULL,NULL,NULL);
INSERT INTO "events" VALUES(9,5,'0664e15442c849e1a5dc8ca53b8f37ad','2026-11-27T06:41:58.941685+00:00','refused',NULL,NULL,NULL,NULL,'OutcomeUnknown: the answer got lost');
CREATE INDEX events_of_change ON events (change);
CREATE INDEX changes_by_name ON changes (client_order_id) WHERE client_order_id IS NOT NULL;
CREATE INDEX changes_open ON changes (id) WHERE state IN ('open', 'unknown');
CREATE UNIQUE INDEX one_order_of_a_name
  ON changes (venue, environment, base_url, key_digest, client_order_id)
  WHERE places AND client_order_id IS NOT NULL AND state IN ('open', 'done', 'unknown');
COMMIT;
PRAGMA application_id = 1701538412;
PRAGMA user_version = 1;
