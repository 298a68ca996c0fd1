BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE "assignment" (
	id INTEGER NOT NULL, 
	live_session_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	duty VARCHAR(40) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	decided_at DATETIME, 
	CONSTRAINT pk_assignment PRIMARY KEY (id), 
	CONSTRAINT fk_assignment_live_session_id FOREIGN KEY(live_session_id) REFERENCES live_session (id), 
	CONSTRAINT uq_assignment_live_session_id_person_id UNIQUE (live_session_id, person_id), 
	CONSTRAINT fk_assignment_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE audit_entry (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor_id INTEGER, 
	actor_name VARCHAR(160) NOT NULL, 
	act VARCHAR(60) NOT NULL, 
	subject_kind VARCHAR(40) NOT NULL, 
	subject_id INTEGER, 
	subject_name VARCHAR(300) NOT NULL, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (id), 
	CONSTRAINT fk_audit_entry_actor_id FOREIGN KEY(actor_id) REFERENCES person (id)
);
INSERT INTO "audit_entry" VALUES(1,'2026-11-30 08:12:06.712727',NULL,'test','people.save_profile','person',1,'Siti Aminah','{}');
INSERT INTO "audit_entry" VALUES(2,'2026-11-30 08:12:06.865543',NULL,'test','people.save_profile','person',2,'Budi Santoso','{}');
INSERT INTO "audit_entry" VALUES(3,'2026-11-30 08:12:06.896298',NULL,'test','people.save_profile','person',3,'Nur Hidayah','{}');
INSERT INTO "audit_entry" VALUES(4,'2026-11-30 08:12:06.919743',NULL,'test','people.save_profile','person',4,'Agus Setiawan','{}');
INSERT INTO "audit_entry" VALUES(5,'2026-11-30 08:12:06.943724',NULL,'test','people.save_profile','person',5,'Dewi Lestari','{}');
INSERT INTO "audit_entry" VALUES(6,'2026-11-30 08:12:06.971767',NULL,'test','people.save_profile','person',6,'Joko Prasetyo','{}');
INSERT INTO "audit_entry" VALUES(7,'2026-11-30 08:12:07.003218',NULL,'test','diklat.create','diklat',1,'Asesmen Formatif','{}');
INSERT INTO "audit_entry" VALUES(8,'2026-11-30 08:12:07.003218',NULL,'test','diklat.add_session','live_session',1,'Sesi 1','{}');
INSERT INTO "audit_entry" VALUES(9,'2026-11-30 08:12:07.003218',NULL,'test','diklat.publish','diklat',1,'Asesmen Formatif','{}');
INSERT INTO "audit_entry" VALUES(10,'2026-11-30 08:12:07.109541',NULL,'test','diklat.create','diklat',2,'Numerasi Kelas Awal','{}');
INSERT INTO "audit_entry" VALUES(11,'2026-11-30 08:12:07.109541',NULL,'test','diklat.add_session','live_session',2,'Sesi 1','{}');
INSERT INTO "audit_entry" VALUES(12,'2026-11-30 08:12:07.109541',NULL,'test','diklat.publish','diklat',2,'Numerasi Kelas Awal','{}');
INSERT INTO "audit_entry" VALUES(13,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',1,'Asesmen Formatif','{"state": "confirmed", "person_id": 1}');
INSERT INTO "audit_entry" VALUES(14,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',2,'Asesmen Formatif','{"state": "confirmed", "person_id": 2}');
INSERT INTO "audit_entry" VALUES(15,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',3,'Asesmen Formatif','{"state": "confirmed", "person_id": 3}');
INSERT INTO "audit_entry" VALUES(16,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',4,'Asesmen Formatif','{"state": "confirmed", "person_id": 4}');
INSERT INTO "audit_entry" VALUES(17,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',5,'Asesmen Formatif','{"state": "waiting", "person_id": 5}');
INSERT INTO "audit_entry" VALUES(18,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',6,'Numerasi Kelas Awal','{"state": "confirmed", "person_id": 1}');
INSERT INTO "audit_entry" VALUES(19,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',7,'Numerasi Kelas Awal','{"state": "confirmed", "person_id": 2}');
INSERT INTO "audit_entry" VALUES(20,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',8,'Numerasi Kelas Awal','{"state": "waiting", "person_id": 3}');
INSERT INTO "audit_entry" VALUES(21,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',9,'Numerasi Kelas Awal','{"state": "waiting", "person_id": 4}');
INSERT INTO "audit_entry" VALUES(22,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',10,'Numerasi Kelas Awal','{"state": "waiting", "person_id": 5}');
INSERT INTO "audit_entry" VALUES(23,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.join','enrolment',11,'Numerasi Kelas Awal','{"state": "waiting", "person_id": 6}');
INSERT INTO "audit_entry" VALUES(24,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.leave','enrolment',6,'Numerasi Kelas Awal','{"reason": "", "person_id": 1}');
INSERT INTO "audit_entry" VALUES(25,'2026-11-30 08:12:07.130680',NULL,'test','enrolment.promote','enrolment',8,'Numerasi Kelas Awal','{}');
INSERT INTO "audit_entry" VALUES(26,'2026-12-03 02:30:00.000000',NULL,'test','attendance.mark_by_hand','live_session',1,'Sesi 1','{"person_id": 1, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO "audit_entry" VALUES(27,'2026-12-03 02:30:00.000000',NULL,'test','attendance.mark_by_hand','live_session',1,'Sesi 1','{"person_id": 2, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO "audit_entry" VALUES(28,'2026-12-03 02:30:00.000000',NULL,'test','attendance.mark_by_hand','live_session',1,'Sesi 1','{"person_id": 3, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO "audit_entry" VALUES(29,'2026-12-04 02:30:00.000000',NULL,'test','diklat.close','diklat',1,'Asesmen Formatif','{}');
INSERT INTO "audit_entry" VALUES(30,'2026-12-04 02:30:00.000000',NULL,'test','certificates.request','diklat',1,'Asesmen Formatif','{"count": 3}');
CREATE TABLE "certificate" (
	id INTEGER NOT NULL, 
	code VARCHAR(26) NOT NULL, 
	diklat_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	revision INTEGER NOT NULL, 
	year INTEGER, 
	serial INTEGER, 
	number VARCHAR(100), 
	facts JSON NOT NULL, 
	jp INTEGER NOT NULL, 
	sha256 VARCHAR(64), 
	prefix_sha256 VARCHAR(64), 
	tail_sha256 VARCHAR(64), 
	issued_at DATETIME, 
	issued_on DATE, 
	status VARCHAR(40) NOT NULL, 
	status_reason VARCHAR(300) NOT NULL, 
	status_at DATETIME, 
	asked_at DATETIME NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	due_at DATETIME NOT NULL, 
	lease_until DATETIME, 
	claim_token VARCHAR(26), 
	attempts INTEGER NOT NULL, 
	last_error TEXT, 
	CONSTRAINT pk_certificate PRIMARY KEY (id), 
	CONSTRAINT uq_certificate_code UNIQUE (code), 
	CONSTRAINT fk_certificate_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id), 
	CONSTRAINT uq_certificate_number_revision UNIQUE (number, revision), 
	CONSTRAINT uq_certificate_year_serial_revision UNIQUE (year, serial, revision), 
	CONSTRAINT uq_certificate_key UNIQUE ("key"), 
	CONSTRAINT fk_certificate_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "certificate" VALUES(1,'1FB789FYZ9K6XT3AYKNP4DD8VE',1,1,'peserta',0,2026,1,'400.3.4/0001/BC/XII/2026','{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Siti Aminah", "bare_name": "Siti Aminah", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}',4,'d15995e82a5ab949d77d1c3352eb09c332087f4ab0333d09b6d403f74fcdb3f2','bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824','0be9525857bab90ce29304d2c1da8970f1358b0755f5416d9a7ffec14d1e5601','2026-12-04 02:31:00.000000','2026-12-04','valid','',NULL,'2026-12-04 02:30:00.000000','certificate:1:peserta:1','done','2026-12-04 02:30:00.000000',NULL,NULL,0,NULL);
INSERT INTO "certificate" VALUES(2,'0MXKKZ8V81S3EKJ2TCTQ96KKYM',1,2,'peserta',0,2026,2,'400.3.4/0002/BC/XII/2026','{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Budi Santoso", "bare_name": "Budi Santoso", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}',4,'02c4b2289c1c2513abae7965b113d28905d2e78f2e725b2f1538c70d8dc4b8ad','bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824','d0d9f5193846fd6e67b246c1f7429b377738ca6ded2b9f0485b56d2b0872bf5e','2026-12-04 02:31:00.000000','2026-12-04','valid','',NULL,'2026-12-04 02:30:00.000000','certificate:1:peserta:2','done','2026-12-04 02:30:00.000000',NULL,NULL,0,NULL);
INSERT INTO "certificate" VALUES(3,'YW3FT1B3DFP0E03B69CG7N6QTM',1,3,'peserta',0,2026,3,'400.3.4/0003/BC/XII/2026','{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Nur Hidayah", "bare_name": "Nur Hidayah", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}',4,'c57ba7b4eadc72c9196eef21b13660699424d10bc8d9400aa26f37a684bb4c24','bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824','ad68e5bfc6677aa35bf46f756daa132bc9cd47f8e04164a32cfea7372cae2d3c','2026-12-04 02:31:00.000000','2026-12-04','valid','',NULL,'2026-12-04 02:30:00.000000','certificate:1:peserta:3','done','2026-12-04 02:30:00.000000',NULL,NULL,0,NULL);
CREATE TABLE "certificate_register" (
	id INTEGER NOT NULL, 
	year INTEGER NOT NULL, 
	last_serial INTEGER NOT NULL, 
	lock_count INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_certificate_register PRIMARY KEY (id), 
	CONSTRAINT uq_certificate_register_year UNIQUE (year)
);
INSERT INTO "certificate_register" VALUES(1,2026,3,1);
CREATE TABLE check_in (
	live_session_id INTEGER NOT NULL, 
	code VARCHAR(6) NOT NULL, 
	opens_at DATETIME NOT NULL, 
	closes_at DATETIME NOT NULL, 
	CONSTRAINT pk_check_in PRIMARY KEY (live_session_id), 
	CONSTRAINT fk_check_in_live_session_id FOREIGN KEY(live_session_id) REFERENCES live_session (id)
);
CREATE TABLE choice (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	label VARCHAR(80) NOT NULL, 
	position INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_choice PRIMARY KEY (id), 
	CONSTRAINT uq_choice_kind_code UNIQUE (kind, code)
);
INSERT INTO "choice" VALUES(1,'status','pns','PNS',1,1);
INSERT INTO "choice" VALUES(2,'status','pppk','PPPK',2,1);
INSERT INTO "choice" VALUES(3,'status','pppk_paruh_waktu','PPPK paruh waktu',3,1);
INSERT INTO "choice" VALUES(4,'status','gty','GTY',4,1);
INSERT INTO "choice" VALUES(5,'status','gtt','GTT',5,1);
INSERT INTO "choice" VALUES(6,'status','honorer','Honorer',6,1);
INSERT INTO "choice" VALUES(7,'status','lainnya','Lainnya',7,1);
INSERT INTO "choice" VALUES(8,'jabatan','guru_kelas','Guru kelas',1,1);
INSERT INTO "choice" VALUES(9,'jabatan','guru_mapel','Guru mapel',2,1);
INSERT INTO "choice" VALUES(10,'jabatan','guru_bk','Guru BK',3,1);
INSERT INTO "choice" VALUES(11,'jabatan','guru_paud','Guru PAUD/TK',4,1);
INSERT INTO "choice" VALUES(12,'jabatan','guru_pendamping_khusus','Guru pendamping khusus',5,1);
INSERT INTO "choice" VALUES(13,'jabatan','tutor','Tutor',6,1);
INSERT INTO "choice" VALUES(14,'jabatan','kepala_sekolah','Kepala sekolah',7,1);
INSERT INTO "choice" VALUES(15,'jabatan','wakil_kepala_sekolah','Wakil kepala sekolah',8,1);
INSERT INTO "choice" VALUES(16,'jabatan','pengawas_sekolah','Pengawas sekolah',9,1);
INSERT INTO "choice" VALUES(17,'jabatan','pendamping_satuan_pendidikan','Pendamping satuan pendidikan',10,1);
INSERT INTO "choice" VALUES(18,'jabatan','penilik','Penilik',11,1);
INSERT INTO "choice" VALUES(19,'jabatan','pamong_belajar','Pamong belajar',12,1);
INSERT INTO "choice" VALUES(20,'jabatan','tenaga_kependidikan','Tenaga kependidikan',13,1);
INSERT INTO "choice" VALUES(21,'jabatan','pegawai_dinas','Pegawai dinas',14,1);
INSERT INTO "choice" VALUES(22,'jabatan','lainnya','Lainnya',15,1);
INSERT INTO "choice" VALUES(23,'topic','numerasi','Numerasi',1,1);
INSERT INTO "choice" VALUES(24,'topic','literasi','Literasi',2,1);
INSERT INTO "choice" VALUES(25,'topic','asesmen','Asesmen',3,1);
INSERT INTO "choice" VALUES(26,'topic','kurikulum','Kurikulum',4,1);
INSERT INTO "choice" VALUES(27,'topic','teknologi','Teknologi pembelajaran',5,1);
INSERT INTO "choice" VALUES(28,'topic','kecerdasan_artifisial','Kecerdasan artifisial',6,1);
INSERT INTO "choice" VALUES(29,'topic','koding','Koding',7,1);
INSERT INTO "choice" VALUES(30,'topic','inklusi','Pendidikan inklusif',8,1);
INSERT INTO "choice" VALUES(31,'topic','sekolah_aman','Sekolah aman',9,1);
INSERT INTO "choice" VALUES(32,'topic','kepemimpinan','Kepemimpinan sekolah',10,1);
INSERT INTO "choice" VALUES(33,'topic','administrasi','Administrasi sekolah',11,1);
INSERT INTO "choice" VALUES(34,'topic','paud','Pendidikan anak usia dini',12,1);
CREATE TABLE "diklat" (
	id INTEGER NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR(120) NOT NULL, 
	title_key VARCHAR(240) NOT NULL, 
	summary VARCHAR(240) NOT NULL, 
	description TEXT NOT NULL, 
	outcomes TEXT NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	mode VARCHAR(40) NOT NULL, 
	place VARCHAR(160) NOT NULL, 
	quota INTEGER, 
	enrol_opens_at DATETIME, 
	enrol_closes_at DATETIME, 
	min_attendance_percent INTEGER NOT NULL, 
	remind BOOLEAN NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	state_note VARCHAR(300) NOT NULL, 
	jp INTEGER NOT NULL, 
	starts_at DATETIME, 
	ends_at DATETIME, 
	lead_id INTEGER, 
	created_at DATETIME NOT NULL, 
	published_at DATETIME, 
	closed_at DATETIME, 
	demo BOOLEAN NOT NULL, 
	lock_count INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_diklat PRIMARY KEY (id), 
	CONSTRAINT uq_diklat_slug UNIQUE (slug), 
	CONSTRAINT ck_diklat_quota_positive CHECK (quota IS NULL OR quota > 0), 
	CONSTRAINT fk_diklat_lead_id FOREIGN KEY(lead_id) REFERENCES person (id), 
	CONSTRAINT ck_diklat_percent CHECK (min_attendance_percent BETWEEN 1 AND 100)
);
INSERT INTO "diklat" VALUES(1,'asesmen-formatif','Asesmen Formatif','asesmen formatif ringkas','Ringkas.','','','diklat','daring','',4,'2026-11-30 08:12:07.003218','2026-12-03 02:00:00.000000',80,1,'closed','',4,'2026-12-03 02:00:00.000000','2026-12-03 05:00:00.000000',NULL,'2026-11-30 08:12:07.003218','2026-11-30 08:12:07.003218','2026-12-04 02:30:00.000000',0,10);
INSERT INTO "diklat" VALUES(2,'numerasi-kelas-awal','Numerasi Kelas Awal','numerasi kelas awal ringkas','Ringkas.','','','diklat','daring','',2,'2026-11-30 08:12:07.109541','2026-12-30 02:00:00.000000',80,1,'published','',4,'2026-12-30 02:00:00.000000','2026-12-30 05:00:00.000000',NULL,'2026-11-30 08:12:07.109541','2026-11-30 08:12:07.109541',NULL,0,9);
CREATE TABLE diklat_level (
	diklat_id INTEGER NOT NULL, 
	jenjang VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_diklat_level PRIMARY KEY (diklat_id, jenjang), 
	CONSTRAINT fk_diklat_level_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id)
);
CREATE TABLE diklat_post (
	diklat_id INTEGER NOT NULL, 
	jabatan VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_diklat_post PRIMARY KEY (diklat_id, jabatan), 
	CONSTRAINT fk_diklat_post_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id)
);
CREATE TABLE diklat_topic (
	diklat_id INTEGER NOT NULL, 
	topic VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_diklat_topic PRIMARY KEY (diklat_id, topic), 
	CONSTRAINT fk_diklat_topic_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id)
);
CREATE TABLE enrolment (
	id INTEGER NOT NULL, 
	code VARCHAR(12) NOT NULL, 
	diklat_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	queued_at DATETIME NOT NULL, 
	decided_at DATETIME NOT NULL, 
	cancel_reason VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_enrolment PRIMARY KEY (id), 
	CONSTRAINT fk_enrolment_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id), 
	CONSTRAINT fk_enrolment_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_enrolment_code UNIQUE (code), 
	CONSTRAINT uq_enrolment_diklat_id_person_id UNIQUE (diklat_id, person_id)
);
INSERT INTO "enrolment" VALUES(1,'4YXEA6TDNV',1,1,'confirmed','2026-11-30 08:12:07.130680','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(2,'C933ZB9YJS',1,2,'confirmed','2026-11-30 08:12:07.130681','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(3,'JHYCCJ6BCP',1,3,'confirmed','2026-11-30 08:12:07.130682','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(4,'YNKFC0RHK4',1,4,'confirmed','2026-11-30 08:12:07.130683','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(5,'53C345EPFN',1,5,'waiting','2026-11-30 08:12:07.130684','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(6,'Q7EY0PNH0R',2,1,'cancelled','2026-11-30 08:12:07.130680','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(7,'VKDEQWVKAV',2,2,'confirmed','2026-11-30 08:12:07.130681','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(8,'N3DNCKT10B',2,3,'confirmed','2026-11-30 08:12:07.130682','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(9,'KK39Z4RDEJ',2,4,'waiting','2026-11-30 08:12:07.130683','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(10,'9S9NKN1FKW',2,5,'waiting','2026-11-30 08:12:07.130684','2026-11-30 08:12:07.130680','');
INSERT INTO "enrolment" VALUES(11,'0H6V5P7E9X',2,6,'waiting','2026-11-30 08:12:07.130685','2026-11-30 08:12:07.130680','');
CREATE TABLE kecamatan (
	code VARCHAR(8) NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	bps_code VARCHAR(7) NOT NULL, 
	dapodik_code VARCHAR(6) NOT NULL, 
	dapodik_name VARCHAR(60) NOT NULL, 
	latitude DOUBLE NOT NULL, 
	longitude DOUBLE NOT NULL, 
	CONSTRAINT pk_kecamatan PRIMARY KEY (code), 
	CONSTRAINT uq_kecamatan_bps_code UNIQUE (bps_code), 
	CONSTRAINT uq_kecamatan_dapodik_code UNIQUE (dapodik_code)
);
INSERT INTO "kecamatan" VALUES('33.02.01','Lumbir','3302010','030201','Lumbir',-7.46556,108.97591);
INSERT INTO "kecamatan" VALUES('33.02.02','Wangon','3302020','030202','Wangon',-7.51331,109.05485);
INSERT INTO "kecamatan" VALUES('33.02.03','Jatilawang','3302030','030203','Jatilawang',-7.54548,109.11253);
INSERT INTO "kecamatan" VALUES('33.02.04','Rawalo','3302040','030204','Rawalo',-7.52255,109.16479);
INSERT INTO "kecamatan" VALUES('33.02.05','Kebasen','3302050','030205','Kebasen',-7.54613,109.22753);
INSERT INTO "kecamatan" VALUES('33.02.06','Kemranjen','3302060','030206','Kemranjen',-7.59106,109.30772);
INSERT INTO "kecamatan" VALUES('33.02.07','Sumpiuh','3302070','030207','Sumpiuh',-7.59742,109.36755);
INSERT INTO "kecamatan" VALUES('33.02.08','Tambak','3302080','030208','Tambak',-7.60108,109.40966);
INSERT INTO "kecamatan" VALUES('33.02.09','Somagede','3302090','030209','Somagede',-7.52574,109.34477);
INSERT INTO "kecamatan" VALUES('33.02.10','Kalibagor','3302100','030210','Kalibagor',-7.48802,109.30412);
INSERT INTO "kecamatan" VALUES('33.02.11','Banyumas','3302110','030211','Banyumas',-7.53198,109.27309);
INSERT INTO "kecamatan" VALUES('33.02.12','Patikraja','3302120','030212','Patikraja',-7.47687,109.21311);
INSERT INTO "kecamatan" VALUES('33.02.13','Purwojati','3302130','030213','Purwojati',-7.48408,109.11);
INSERT INTO "kecamatan" VALUES('33.02.14','Ajibarang','3302140','030214','Ajibarang',-7.42511,109.0726);
INSERT INTO "kecamatan" VALUES('33.02.15','Gumelar','3302150','030215','Gumelar',-7.38908,108.99698);
INSERT INTO "kecamatan" VALUES('33.02.16','Pekuncen','3302160','030216','Pekuncen',-7.35115,109.08066);
INSERT INTO "kecamatan" VALUES('33.02.17','Cilongok','3302170','030217','Cilongok',-7.37091,109.1485);
INSERT INTO "kecamatan" VALUES('33.02.18','Karanglewas','3302180','030218','Karanglewas',-7.3957,109.18542);
INSERT INTO "kecamatan" VALUES('33.02.19','Sokaraja','3302230','030223','Sokaraja',-7.45059,109.29197);
INSERT INTO "kecamatan" VALUES('33.02.20','Kembaran','3302220','030222','Kembaran',-7.41265,109.28781);
INSERT INTO "kecamatan" VALUES('33.02.21','Sumbang','3302210','030221','Sumbang',-7.34057,109.26174);
INSERT INTO "kecamatan" VALUES('33.02.22','Baturraden','3302200','030220','Baturaden',-7.31436,109.22529);
INSERT INTO "kecamatan" VALUES('33.02.23','Kedungbanteng','3302190','030219','Kedung Banteng',-7.33713,109.20015);
INSERT INTO "kecamatan" VALUES('33.02.24','Purwokerto Selatan','3302710','030224','Purwokerto Selatan',-7.44781,109.24411);
INSERT INTO "kecamatan" VALUES('33.02.25','Purwokerto Barat','3302720','030225','Purwokerto Barat',-7.42208,109.21589);
INSERT INTO "kecamatan" VALUES('33.02.26','Purwokerto Timur','3302730','030226','Purwokerto Timur',-7.42278,109.25031);
INSERT INTO "kecamatan" VALUES('33.02.27','Purwokerto Utara','3302740','030227','Purwokerto Utara',-7.40266,109.23986);
CREATE TABLE live_session (
	id INTEGER NOT NULL, 
	diklat_id INTEGER NOT NULL, 
	row_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	title VARCHAR(160) NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	local_date DATE NOT NULL, 
	jp INTEGER NOT NULL, 
	room_url VARCHAR(500) NOT NULL, 
	room_note VARCHAR(200) NOT NULL, 
	place VARCHAR(160) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	cancel_reason VARCHAR(300) NOT NULL, 
	sequence INTEGER NOT NULL, 
	changed_at DATETIME NOT NULL, 
	lock_count INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_live_session PRIMARY KEY (id), 
	CONSTRAINT ck_live_session_ends_after_start CHECK (ends_at > starts_at), 
	CONSTRAINT ck_live_session_jp_positive CHECK (jp > 0), 
	CONSTRAINT fk_live_session_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id), 
	CONSTRAINT fk_live_session_row_id FOREIGN KEY(row_id) REFERENCES programme_row (id), 
	CONSTRAINT uq_live_session_diklat_id_number UNIQUE (diklat_id, number)
);
INSERT INTO "live_session" VALUES(1,1,1,1,'Sesi 1','2026-12-03 02:00:00.000000','2026-12-03 05:00:00.000000','2026-12-03',4,'','','','planned','',0,'2026-11-30 08:12:07.003218',2);
INSERT INTO "live_session" VALUES(2,2,2,1,'Sesi 1','2026-12-30 02:00:00.000000','2026-12-30 05:00:00.000000','2026-12-30',4,'','','','planned','',0,'2026-11-30 08:12:07.109541',0);
CREATE TABLE "login" (
	id INTEGER NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	person_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	device VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_login PRIMARY KEY (id), 
	CONSTRAINT uq_login_secret_hash UNIQUE (secret_hash), 
	CONSTRAINT fk_login_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE "message" (
	id INTEGER NOT NULL, 
	kind VARCHAR(60) NOT NULL, 
	person_id INTEGER NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	subject_kind VARCHAR(40) NOT NULL, 
	subject_id INTEGER, 
	facts JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	subject VARCHAR(300) NOT NULL, 
	body TEXT NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	sent_at DATETIME, 
	"key" VARCHAR(200) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	due_at DATETIME NOT NULL, 
	lease_until DATETIME, 
	claim_token VARCHAR(26), 
	attempts INTEGER NOT NULL, 
	last_error TEXT, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT fk_message_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_message_key UNIQUE ("key")
);
INSERT INTO "message" VALUES(1,'enrolment.confirmed',1,'orang1@example.org','enrolment',1,'{"name": "Siti Aminah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:1:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(2,'enrolment.confirmed',2,'orang2@example.org','enrolment',2,'{"name": "Budi Santoso"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:2:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(3,'enrolment.confirmed',3,'orang3@example.org','enrolment',3,'{"name": "Nur Hidayah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:3:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(4,'enrolment.confirmed',4,'orang4@example.org','enrolment',4,'{"name": "Agus Setiawan"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:4:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(5,'enrolment.waiting',5,'orang5@example.org','enrolment',5,'{"name": "Dewi Lestari"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:5:waiting:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(6,'enrolment.confirmed',1,'orang1@example.org','enrolment',6,'{"name": "Siti Aminah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:6:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(7,'enrolment.confirmed',2,'orang2@example.org','enrolment',7,'{"name": "Budi Santoso"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:7:confirmed:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(8,'enrolment.waiting',3,'orang3@example.org','enrolment',8,'{"name": "Nur Hidayah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:8:waiting:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(9,'enrolment.waiting',4,'orang4@example.org','enrolment',9,'{"name": "Agus Setiawan"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:9:waiting:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(10,'enrolment.waiting',5,'orang5@example.org','enrolment',10,'{"name": "Dewi Lestari"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:10:waiting:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(11,'enrolment.waiting',6,'orang6@example.org','enrolment',11,'{"name": "Joko Prasetyo"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:11:waiting:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(12,'enrolment.cancelled',1,'orang1@example.org','enrolment',6,'{"name": "Siti Aminah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:6:cancelled:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(13,'enrolment.promoted',3,'orang3@example.org','enrolment',8,'{"name": "Nur Hidayah"}','2026-11-30 08:12:07.130680',NULL,'','','mail',NULL,'enrolment:8:promoted:2026-11-30T08:12:07.130680+00:00','pending','2026-11-30 08:12:07.130680',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(14,'certificates.issued',1,'orang1@example.org','certificate',1,'{"name": "Siti Aminah"}','2026-12-04 02:31:00.000000',NULL,'','','mail',NULL,'certificate:1:issued','pending','2026-12-04 02:31:00.000000',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(15,'certificates.issued',2,'orang2@example.org','certificate',2,'{"name": "Budi Santoso"}','2026-12-04 02:31:00.000000',NULL,'','','mail',NULL,'certificate:2:issued','pending','2026-12-04 02:31:00.000000',NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(16,'certificates.issued',3,'orang3@example.org','certificate',3,'{"name": "Nur Hidayah"}','2026-12-04 02:31:00.000000',NULL,'','','mail',NULL,'certificate:3:issued','pending','2026-12-04 02:31:00.000000',NULL,NULL,0,NULL);
CREATE TABLE missed_code (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	live_session_id INTEGER, 
	typed VARCHAR(12) NOT NULL, 
	why VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_missed_code PRIMARY KEY (id), 
	CONSTRAINT fk_missed_code_live_session_id FOREIGN KEY(live_session_id) REFERENCES live_session (id), 
	CONSTRAINT fk_missed_code_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE office_setting (
	name VARCHAR(60) NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_office_setting PRIMARY KEY (name)
);
CREATE TABLE one_time_link (
	id INTEGER NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	person_id INTEGER NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_one_time_link PRIMARY KEY (id), 
	CONSTRAINT fk_one_time_link_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_one_time_link_secret_hash UNIQUE (secret_hash)
);
CREATE TABLE person (
	id INTEGER NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	email_confirmed_at DATETIME, 
	password_hash VARCHAR(160), 
	title_before VARCHAR(60) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	title_after VARCHAR(80) NOT NULL, 
	name_key VARCHAR(120) NOT NULL, 
	sex VARCHAR(40), 
	phone VARCHAR(16), 
	jabatan VARCHAR(40), 
	subject_taught VARCHAR(80) NOT NULL, 
	jenjang VARCHAR(40), 
	employment VARCHAR(40), 
	school_id INTEGER, 
	school_elsewhere VARCHAR(120) NOT NULL, 
	kabupaten_elsewhere VARCHAR(80) NOT NULL, 
	kecamatan_code VARCHAR(8), 
	nip VARCHAR(18), 
	nuptk VARCHAR(16), 
	notice_version INTEGER NOT NULL, 
	notice_accepted_at DATETIME, 
	code VARCHAR(10) NOT NULL, 
	calendar_token VARCHAR(26) NOT NULL, 
	active BOOLEAN NOT NULL, 
	demo BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	lock_count INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_person PRIMARY KEY (id), 
	CONSTRAINT fk_person_kecamatan_code FOREIGN KEY(kecamatan_code) REFERENCES kecamatan (code), 
	CONSTRAINT fk_person_school_id FOREIGN KEY(school_id) REFERENCES school (id), 
	CONSTRAINT uq_person_calendar_token UNIQUE (calendar_token), 
	CONSTRAINT uq_person_code UNIQUE (code), 
	CONSTRAINT uq_person_email UNIQUE (email), 
	CONSTRAINT uq_person_nip UNIQUE (nip), 
	CONSTRAINT uq_person_nuptk UNIQUE (nuptk)
);
INSERT INTO "person" VALUES(1,'orang1@example.org','2026-11-30 08:12:06.712727',NULL,'','Siti Aminah','','siti aminah',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.712727','NKMGR31JD6','JESNVZNCSKC5AS37CZNX467ZB3',1,0,'2026-11-30 08:12:06.712727','2026-11-30 08:12:06.712727',1);
INSERT INTO "person" VALUES(2,'orang2@example.org','2026-11-30 08:12:06.865543',NULL,'','Budi Santoso','','budi santoso',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.865543','KPZ4JH38RX','HPBJAFH8VJ14TDAWP7223VS3SH',1,0,'2026-11-30 08:12:06.865543','2026-11-30 08:12:06.865543',1);
INSERT INTO "person" VALUES(3,'orang3@example.org','2026-11-30 08:12:06.896298',NULL,'','Nur Hidayah','','nur hidayah',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.896298','ZDZF11M3FW','1E03D8GMA9NAAT4HFMX349WN6D',1,0,'2026-11-30 08:12:06.896298','2026-11-30 08:12:06.896298',1);
INSERT INTO "person" VALUES(4,'orang4@example.org','2026-11-30 08:12:06.919743',NULL,'','Agus Setiawan','','agus setiawan',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.919743','RTNWBNGE1X','VB6F67KRCK3KZBDXJM4BRD5P21',1,0,'2026-11-30 08:12:06.919743','2026-11-30 08:12:06.919743',1);
INSERT INTO "person" VALUES(5,'orang5@example.org','2026-11-30 08:12:06.943724',NULL,'','Dewi Lestari','','dewi lestari',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.943724','EMTWDHXC76','FY6T3HYSKB82XAC4QSY568C3SG',1,0,'2026-11-30 08:12:06.943724','2026-11-30 08:12:06.943724',1);
INSERT INTO "person" VALUES(6,'orang6@example.org','2026-11-30 08:12:06.971767',NULL,'','Joko Prasetyo','','joko prasetyo',NULL,NULL,'guru_kelas','','sd','pns',1,'','','33.02.01',NULL,NULL,2,'2026-11-30 08:12:06.971767','JNCVM36M0W','8K8HRG8XDJKTXZF5XFB9F2TV5F',1,0,'2026-11-30 08:12:06.971767','2026-11-30 08:12:06.971767',1);
CREATE TABLE person_role (
	person_id INTEGER NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_person_role PRIMARY KEY (person_id, role), 
	CONSTRAINT fk_person_role_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE person_scope (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	school_id INTEGER, 
	kecamatan_code VARCHAR(8), 
	CONSTRAINT pk_person_scope PRIMARY KEY (id), 
	CONSTRAINT ck_person_scope_one_place CHECK ((school_id IS NULL) <> (kecamatan_code IS NULL)), 
	CONSTRAINT fk_person_scope_kecamatan_code FOREIGN KEY(kecamatan_code) REFERENCES kecamatan (code), 
	CONSTRAINT fk_person_scope_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_person_scope_school_id FOREIGN KEY(school_id) REFERENCES school (id), 
	CONSTRAINT uq_person_scope_person_id_kecamatan_code UNIQUE (person_id, kecamatan_code), 
	CONSTRAINT uq_person_scope_person_id_school_id UNIQUE (person_id, school_id)
);
CREATE TABLE presence (
	id INTEGER NOT NULL, 
	live_session_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	present BOOLEAN NOT NULL, 
	method VARCHAR(40) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	marked_at DATETIME NOT NULL, 
	marked_by_id INTEGER, 
	CONSTRAINT pk_presence PRIMARY KEY (id), 
	CONSTRAINT fk_presence_live_session_id FOREIGN KEY(live_session_id) REFERENCES live_session (id), 
	CONSTRAINT fk_presence_marked_by_id FOREIGN KEY(marked_by_id) REFERENCES person (id), 
	CONSTRAINT fk_presence_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_presence_live_session_id_person_id UNIQUE (live_session_id, person_id)
);
INSERT INTO "presence" VALUES(1,1,1,1,'hand','Daftar hadir kertas','2026-12-03 02:30:00.000000',NULL);
INSERT INTO "presence" VALUES(2,1,2,1,'hand','Daftar hadir kertas','2026-12-03 02:30:00.000000',NULL);
INSERT INTO "presence" VALUES(3,1,3,1,'hand','Daftar hadir kertas','2026-12-03 02:30:00.000000',NULL);
CREATE TABLE programme_row (
	id INTEGER NOT NULL, 
	diklat_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	title VARCHAR(160) NOT NULL, 
	note VARCHAR(300) NOT NULL, 
	"group" VARCHAR(40) NOT NULL, 
	jp INTEGER NOT NULL, 
	live BOOLEAN NOT NULL, 
	CONSTRAINT pk_programme_row PRIMARY KEY (id), 
	CONSTRAINT ck_programme_row_jp_positive CHECK (jp > 0), 
	CONSTRAINT fk_programme_row_diklat_id FOREIGN KEY(diklat_id) REFERENCES diklat (id)
);
INSERT INTO "programme_row" VALUES(1,1,1,'Sesi 1','','pokok',4,1);
INSERT INTO "programme_row" VALUES(2,2,1,'Sesi 1','','pokok',4,1);
CREATE TABLE school (
	id INTEGER NOT NULL, 
	npsn VARCHAR(8) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	search_key VARCHAR(160) NOT NULL, 
	jenjang VARCHAR(40) NOT NULL, 
	sector VARCHAR(40) NOT NULL, 
	kecamatan_code VARCHAR(8) NOT NULL, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_school PRIMARY KEY (id), 
	CONSTRAINT fk_school_kecamatan_code FOREIGN KEY(kecamatan_code) REFERENCES kecamatan (code), 
	CONSTRAINT uq_school_npsn UNIQUE (npsn)
);
INSERT INTO "school" VALUES(1,'20302235','SD NEGERI 1 BESUKI','sd 1 besuki','sd','negeri','33.02.01',-7.5008,108.972,1);
CREATE TABLE school_source (
	id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	as_of DATE NOT NULL, 
	read_at DATETIME NOT NULL, 
	CONSTRAINT pk_school_source PRIMARY KEY (id)
);
INSERT INTO "school_source" VALUES(1,'schools.csv','2019-06-04','2026-11-30 08:12:06.537246');
CREATE TABLE village (
	code VARCHAR(13) NOT NULL, 
	kecamatan_code VARCHAR(8) NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	CONSTRAINT pk_village PRIMARY KEY (code), 
	CONSTRAINT fk_village_kecamatan_code FOREIGN KEY(kecamatan_code) REFERENCES kecamatan (code)
);
CREATE TABLE "volunteer" (
	person_id INTEGER NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	headline VARCHAR(120) NOT NULL, 
	bio TEXT NOT NULL, 
	public BOOLEAN NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	state_note VARCHAR(300) NOT NULL, 
	applied_at DATETIME NOT NULL, 
	decided_at DATETIME, 
	CONSTRAINT pk_volunteer PRIMARY KEY (person_id), 
	CONSTRAINT uq_volunteer_slug UNIQUE (slug), 
	CONSTRAINT fk_volunteer_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE volunteer_topic (
	person_id INTEGER NOT NULL, 
	topic VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_volunteer_topic PRIMARY KEY (person_id, topic), 
	CONSTRAINT fk_volunteer_topic_person_id FOREIGN KEY(person_id) REFERENCES volunteer (person_id)
);
CREATE INDEX ix_school_jenjang ON school (jenjang);
CREATE INDEX ix_school_kecamatan_code ON school (kecamatan_code);
CREATE INDEX ix_school_search_key ON school (search_key);
CREATE INDEX ix_village_kecamatan_code ON village (kecamatan_code);
CREATE INDEX ix_person_jabatan ON person (jabatan);
CREATE INDEX ix_person_jenjang ON person (jenjang);
CREATE INDEX ix_person_kecamatan_code ON person (kecamatan_code);
CREATE INDEX ix_person_name_key ON person (name_key);
CREATE INDEX ix_person_school_id ON person (school_id);
CREATE INDEX ix_audit_entry_act ON audit_entry (act);
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id);
CREATE INDEX ix_audit_entry_at ON audit_entry (at);
CREATE INDEX ix_audit_entry_subject ON audit_entry (subject_kind, subject_id);
CREATE INDEX ix_one_time_link_person_id ON one_time_link (person_id);
CREATE INDEX ix_person_scope_person_id ON person_scope (person_id);
CREATE INDEX ix_enrolment_person_id ON enrolment (person_id);
CREATE INDEX ix_enrolment_seats ON enrolment (diklat_id, state, queued_at);
CREATE INDEX ix_programme_row_diklat_id ON programme_row (diklat_id);
CREATE INDEX ix_live_session_diklat_id ON live_session (diklat_id);
CREATE INDEX ix_live_session_local_date ON live_session (local_date);
CREATE INDEX ix_live_session_row_id ON live_session (row_id);
CREATE INDEX ix_live_session_starts_at ON live_session (starts_at);
CREATE INDEX ix_missed_code_live_session_id ON missed_code (live_session_id);
CREATE INDEX ix_missed_code_person ON missed_code (person_id, at);
CREATE INDEX ix_presence_person_id ON presence (person_id);
CREATE INDEX ix_check_in_code ON check_in (code);
CREATE INDEX ix_login_person_id ON login (person_id);
CREATE INDEX ix_message_state ON message (state);
CREATE INDEX ix_message_work ON message (state, due_at);
CREATE INDEX ix_message_person_id ON message (person_id);
CREATE INDEX ix_message_kind ON message (kind);
CREATE INDEX ix_message_subject ON message (subject_kind, subject_id);
CREATE INDEX ix_message_due_at ON message (due_at);
CREATE INDEX ix_diklat_lead_id ON diklat (lead_id);
CREATE INDEX ix_diklat_catalogue ON diklat (state, starts_at);
CREATE INDEX ix_assignment_person_id ON assignment (person_id);
CREATE INDEX ix_assignment_live_session_id ON assignment (live_session_id);
CREATE INDEX ix_volunteer_state ON volunteer (state);
CREATE INDEX ix_certificate_sha256 ON certificate (sha256);
CREATE INDEX ix_certificate_work ON certificate (state, due_at);
CREATE INDEX ix_certificate_diklat_id ON certificate (diklat_id);
CREATE INDEX ix_certificate_due_at ON certificate (due_at);
CREATE INDEX ix_certificate_person_id ON certificate (person_id);
CREATE INDEX ix_certificate_state ON certificate (state);
COMMIT;
