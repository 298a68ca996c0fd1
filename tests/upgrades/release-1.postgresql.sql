SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.assignment (
    id integer NOT NULL,
    live_session_id integer NOT NULL,
    person_id integer NOT NULL,
    duty character varying(40) NOT NULL,
    state character varying(40) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone
);
CREATE SEQUENCE public.assignment_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.assignment_id_seq OWNED BY public.assignment.id;
CREATE TABLE public.audit_entry (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id integer,
    actor_name character varying(160) NOT NULL,
    act character varying(60) NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject_id integer,
    subject_name character varying(300) NOT NULL,
    facts json NOT NULL
);
CREATE SEQUENCE public.audit_entry_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_entry_id_seq OWNED BY public.audit_entry.id;
CREATE TABLE public.certificate (
    id integer NOT NULL,
    code character varying(26) NOT NULL,
    diklat_id integer NOT NULL,
    person_id integer NOT NULL,
    role character varying(40) NOT NULL,
    revision integer NOT NULL,
    year integer,
    serial integer,
    number character varying(100),
    facts json NOT NULL,
    jp integer NOT NULL,
    sha256 character varying(64),
    prefix_sha256 character varying(64),
    tail_sha256 character varying(64),
    issued_at timestamp with time zone,
    issued_on date,
    status character varying(40) NOT NULL,
    status_reason character varying(300) NOT NULL,
    status_at timestamp with time zone,
    asked_at timestamp with time zone NOT NULL,
    key character varying(200) NOT NULL,
    state character varying(40) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    claim_token character varying(26),
    attempts integer NOT NULL,
    last_error text
);
CREATE SEQUENCE public.certificate_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.certificate_id_seq OWNED BY public.certificate.id;
CREATE TABLE public.certificate_register (
    id integer NOT NULL,
    year integer NOT NULL,
    last_serial integer NOT NULL,
    lock_count integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.certificate_register_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.certificate_register_id_seq OWNED BY public.certificate_register.id;
CREATE TABLE public.check_in (
    live_session_id integer NOT NULL,
    code character varying(6) NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL
);
CREATE TABLE public.choice (
    id integer NOT NULL,
    kind character varying(40) NOT NULL,
    code character varying(40) NOT NULL,
    label character varying(80) NOT NULL,
    "position" integer NOT NULL,
    active boolean NOT NULL
);
CREATE SEQUENCE public.choice_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.choice_id_seq OWNED BY public.choice.id;
CREATE TABLE public.diklat (
    id integer NOT NULL,
    slug character varying(80) NOT NULL,
    title character varying(120) NOT NULL,
    title_key character varying(240) NOT NULL,
    summary character varying(240) NOT NULL,
    description text NOT NULL,
    outcomes text NOT NULL,
    kind character varying(40) NOT NULL,
    mode character varying(40) NOT NULL,
    place character varying(160) NOT NULL,
    quota integer,
    enrol_opens_at timestamp with time zone,
    enrol_closes_at timestamp with time zone,
    min_attendance_percent integer NOT NULL,
    remind boolean NOT NULL,
    state character varying(40) NOT NULL,
    state_note character varying(300) NOT NULL,
    jp integer NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    lead_id integer,
    created_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    closed_at timestamp with time zone,
    demo boolean NOT NULL,
    lock_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_diklat_percent CHECK (((min_attendance_percent >= 1) AND (min_attendance_percent <= 100))),
    CONSTRAINT ck_diklat_quota_positive CHECK (((quota IS NULL) OR (quota > 0)))
);
CREATE SEQUENCE public.diklat_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.diklat_id_seq OWNED BY public.diklat.id;
CREATE TABLE public.diklat_level (
    diklat_id integer NOT NULL,
    jenjang character varying(40) NOT NULL
);
CREATE TABLE public.diklat_post (
    diklat_id integer NOT NULL,
    jabatan character varying(40) NOT NULL
);
CREATE TABLE public.diklat_topic (
    diklat_id integer NOT NULL,
    topic character varying(40) NOT NULL
);
CREATE TABLE public.enrolment (
    id integer NOT NULL,
    code character varying(12) NOT NULL,
    diklat_id integer NOT NULL,
    person_id integer NOT NULL,
    state character varying(40) NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    cancel_reason character varying(300) NOT NULL
);
CREATE SEQUENCE public.enrolment_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.enrolment_id_seq OWNED BY public.enrolment.id;
CREATE TABLE public.kecamatan (
    code character varying(8) NOT NULL,
    name character varying(60) NOT NULL,
    bps_code character varying(7) NOT NULL,
    dapodik_code character varying(6) NOT NULL,
    dapodik_name character varying(60) NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL
);
CREATE TABLE public.live_session (
    id integer NOT NULL,
    diklat_id integer NOT NULL,
    row_id integer NOT NULL,
    number integer NOT NULL,
    title character varying(160) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    local_date date NOT NULL,
    jp integer NOT NULL,
    room_url character varying(500) NOT NULL,
    room_note character varying(200) NOT NULL,
    place character varying(160) NOT NULL,
    state character varying(40) NOT NULL,
    cancel_reason character varying(300) NOT NULL,
    sequence integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    lock_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_live_session_ends_after_start CHECK ((ends_at > starts_at)),
    CONSTRAINT ck_live_session_jp_positive CHECK ((jp > 0))
);
CREATE SEQUENCE public.live_session_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.live_session_id_seq OWNED BY public.live_session.id;
CREATE TABLE public.login (
    id integer NOT NULL,
    secret_hash character varying(64) NOT NULL,
    person_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    device character varying(120) NOT NULL
);
CREATE SEQUENCE public.login_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.login_id_seq OWNED BY public.login.id;
CREATE TABLE public.message (
    id integer NOT NULL,
    kind character varying(60) NOT NULL,
    person_id integer NOT NULL,
    address character varying(254) NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject_id integer,
    facts json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    subject character varying(300) NOT NULL,
    body text NOT NULL,
    channel character varying(20) NOT NULL,
    sent_at timestamp with time zone,
    key character varying(200) NOT NULL,
    state character varying(40) NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    claim_token character varying(26),
    attempts integer NOT NULL,
    last_error text
);
CREATE SEQUENCE public.message_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_id_seq OWNED BY public.message.id;
CREATE TABLE public.missed_code (
    id integer NOT NULL,
    person_id integer NOT NULL,
    live_session_id integer,
    typed character varying(12) NOT NULL,
    why character varying(20) NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.missed_code_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.missed_code_id_seq OWNED BY public.missed_code.id;
CREATE TABLE public.office_setting (
    name character varying(60) NOT NULL,
    value json NOT NULL
);
CREATE TABLE public.one_time_link (
    id integer NOT NULL,
    secret_hash character varying(64) NOT NULL,
    purpose character varying(40) NOT NULL,
    person_id integer NOT NULL,
    email character varying(254) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE SEQUENCE public.one_time_link_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.one_time_link_id_seq OWNED BY public.one_time_link.id;
CREATE TABLE public.person (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    email_confirmed_at timestamp with time zone,
    password_hash character varying(160),
    title_before character varying(60) NOT NULL,
    name character varying(100) NOT NULL,
    title_after character varying(80) NOT NULL,
    name_key character varying(120) NOT NULL,
    sex character varying(40),
    phone character varying(16),
    jabatan character varying(40),
    subject_taught character varying(80) NOT NULL,
    jenjang character varying(40),
    employment character varying(40),
    school_id integer,
    school_elsewhere character varying(120) NOT NULL,
    kabupaten_elsewhere character varying(80) NOT NULL,
    kecamatan_code character varying(8),
    nip character varying(18),
    nuptk character varying(16),
    notice_version integer NOT NULL,
    notice_accepted_at timestamp with time zone,
    code character varying(10) NOT NULL,
    calendar_token character varying(26) NOT NULL,
    active boolean NOT NULL,
    demo boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    lock_count integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.person_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.person_id_seq OWNED BY public.person.id;
CREATE TABLE public.person_role (
    person_id integer NOT NULL,
    role character varying(40) NOT NULL
);
CREATE TABLE public.person_scope (
    id integer NOT NULL,
    person_id integer NOT NULL,
    school_id integer,
    kecamatan_code character varying(8),
    CONSTRAINT ck_person_scope_one_place CHECK (((school_id IS NULL) <> (kecamatan_code IS NULL)))
);
CREATE SEQUENCE public.person_scope_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.person_scope_id_seq OWNED BY public.person_scope.id;
CREATE TABLE public.presence (
    id integer NOT NULL,
    live_session_id integer NOT NULL,
    person_id integer NOT NULL,
    present boolean NOT NULL,
    method character varying(40) NOT NULL,
    reason character varying(300) NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    marked_by_id integer
);
CREATE SEQUENCE public.presence_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.presence_id_seq OWNED BY public.presence.id;
CREATE TABLE public.programme_row (
    id integer NOT NULL,
    diklat_id integer NOT NULL,
    "position" integer NOT NULL,
    title character varying(160) NOT NULL,
    note character varying(300) NOT NULL,
    "group" character varying(40) NOT NULL,
    jp integer NOT NULL,
    live boolean NOT NULL,
    CONSTRAINT ck_programme_row_jp_positive CHECK ((jp > 0))
);
CREATE SEQUENCE public.programme_row_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.programme_row_id_seq OWNED BY public.programme_row.id;
CREATE TABLE public.school (
    id integer NOT NULL,
    npsn character varying(8) NOT NULL,
    name character varying(120) NOT NULL,
    search_key character varying(160) NOT NULL,
    jenjang character varying(40) NOT NULL,
    sector character varying(40) NOT NULL,
    kecamatan_code character varying(8) NOT NULL,
    latitude double precision,
    longitude double precision,
    active boolean NOT NULL
);
CREATE SEQUENCE public.school_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.school_id_seq OWNED BY public.school.id;
CREATE TABLE public.school_source (
    id integer NOT NULL,
    name character varying(120) NOT NULL,
    as_of date NOT NULL,
    read_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.school_source_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.school_source_id_seq OWNED BY public.school_source.id;
CREATE TABLE public.village (
    code character varying(13) NOT NULL,
    kecamatan_code character varying(8) NOT NULL,
    name character varying(60) NOT NULL,
    kind character varying(10) NOT NULL
);
CREATE TABLE public.volunteer (
    person_id integer NOT NULL,
    slug character varying(80) NOT NULL,
    headline character varying(120) NOT NULL,
    bio text NOT NULL,
    public boolean NOT NULL,
    state character varying(40) NOT NULL,
    state_note character varying(300) NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone
);
CREATE TABLE public.volunteer_topic (
    person_id integer NOT NULL,
    topic character varying(40) NOT NULL
);
ALTER TABLE ONLY public.assignment ALTER COLUMN id SET DEFAULT nextval('public.assignment_id_seq'::regclass);
ALTER TABLE ONLY public.audit_entry ALTER COLUMN id SET DEFAULT nextval('public.audit_entry_id_seq'::regclass);
ALTER TABLE ONLY public.certificate ALTER COLUMN id SET DEFAULT nextval('public.certificate_id_seq'::regclass);
ALTER TABLE ONLY public.certificate_register ALTER COLUMN id SET DEFAULT nextval('public.certificate_register_id_seq'::regclass);
ALTER TABLE ONLY public.choice ALTER COLUMN id SET DEFAULT nextval('public.choice_id_seq'::regclass);
ALTER TABLE ONLY public.diklat ALTER COLUMN id SET DEFAULT nextval('public.diklat_id_seq'::regclass);
ALTER TABLE ONLY public.enrolment ALTER COLUMN id SET DEFAULT nextval('public.enrolment_id_seq'::regclass);
ALTER TABLE ONLY public.live_session ALTER COLUMN id SET DEFAULT nextval('public.live_session_id_seq'::regclass);
ALTER TABLE ONLY public.login ALTER COLUMN id SET DEFAULT nextval('public.login_id_seq'::regclass);
ALTER TABLE ONLY public.message ALTER COLUMN id SET DEFAULT nextval('public.message_id_seq'::regclass);
ALTER TABLE ONLY public.missed_code ALTER COLUMN id SET DEFAULT nextval('public.missed_code_id_seq'::regclass);
ALTER TABLE ONLY public.one_time_link ALTER COLUMN id SET DEFAULT nextval('public.one_time_link_id_seq'::regclass);
ALTER TABLE ONLY public.person ALTER COLUMN id SET DEFAULT nextval('public.person_id_seq'::regclass);
ALTER TABLE ONLY public.person_scope ALTER COLUMN id SET DEFAULT nextval('public.person_scope_id_seq'::regclass);
ALTER TABLE ONLY public.presence ALTER COLUMN id SET DEFAULT nextval('public.presence_id_seq'::regclass);
ALTER TABLE ONLY public.programme_row ALTER COLUMN id SET DEFAULT nextval('public.programme_row_id_seq'::regclass);
ALTER TABLE ONLY public.school ALTER COLUMN id SET DEFAULT nextval('public.school_id_seq'::regclass);
ALTER TABLE ONLY public.school_source ALTER COLUMN id SET DEFAULT nextval('public.school_source_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.audit_entry VALUES (1, '2026-11-30 08:12:18.505633+00', NULL, 'test', 'people.save_profile', 'person', 1, 'Siti Aminah', '{}');
INSERT INTO public.audit_entry VALUES (2, '2026-11-30 08:12:18.811576+00', NULL, 'test', 'people.save_profile', 'person', 2, 'Budi Santoso', '{}');
INSERT INTO public.audit_entry VALUES (3, '2026-11-30 08:12:18.836907+00', NULL, 'test', 'people.save_profile', 'person', 3, 'Nur Hidayah', '{}');
INSERT INTO public.audit_entry VALUES (4, '2026-11-30 08:12:18.864593+00', NULL, 'test', 'people.save_profile', 'person', 4, 'Agus Setiawan', '{}');
INSERT INTO public.audit_entry VALUES (5, '2026-11-30 08:12:18.880878+00', NULL, 'test', 'people.save_profile', 'person', 5, 'Dewi Lestari', '{}');
INSERT INTO public.audit_entry VALUES (6, '2026-11-30 08:12:18.904874+00', NULL, 'test', 'people.save_profile', 'person', 6, 'Joko Prasetyo', '{}');
INSERT INTO public.audit_entry VALUES (7, '2026-11-30 08:12:18.919258+00', NULL, 'test', 'diklat.create', 'diklat', 1, 'Asesmen Formatif', '{}');
INSERT INTO public.audit_entry VALUES (8, '2026-11-30 08:12:18.919258+00', NULL, 'test', 'diklat.add_session', 'live_session', 1, 'Sesi 1', '{}');
INSERT INTO public.audit_entry VALUES (9, '2026-11-30 08:12:18.919258+00', NULL, 'test', 'diklat.publish', 'diklat', 1, 'Asesmen Formatif', '{}');
INSERT INTO public.audit_entry VALUES (10, '2026-11-30 08:12:18.976134+00', NULL, 'test', 'diklat.create', 'diklat', 2, 'Numerasi Kelas Awal', '{}');
INSERT INTO public.audit_entry VALUES (11, '2026-11-30 08:12:18.976134+00', NULL, 'test', 'diklat.add_session', 'live_session', 2, 'Sesi 1', '{}');
INSERT INTO public.audit_entry VALUES (12, '2026-11-30 08:12:18.976134+00', NULL, 'test', 'diklat.publish', 'diklat', 2, 'Numerasi Kelas Awal', '{}');
INSERT INTO public.audit_entry VALUES (13, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 1, 'Asesmen Formatif', '{"state": "confirmed", "person_id": 1}');
INSERT INTO public.audit_entry VALUES (14, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 2, 'Asesmen Formatif', '{"state": "confirmed", "person_id": 2}');
INSERT INTO public.audit_entry VALUES (15, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 3, 'Asesmen Formatif', '{"state": "confirmed", "person_id": 3}');
INSERT INTO public.audit_entry VALUES (16, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 4, 'Asesmen Formatif', '{"state": "confirmed", "person_id": 4}');
INSERT INTO public.audit_entry VALUES (17, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 5, 'Asesmen Formatif', '{"state": "waiting", "person_id": 5}');
INSERT INTO public.audit_entry VALUES (18, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 6, 'Numerasi Kelas Awal', '{"state": "confirmed", "person_id": 1}');
INSERT INTO public.audit_entry VALUES (19, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 7, 'Numerasi Kelas Awal', '{"state": "confirmed", "person_id": 2}');
INSERT INTO public.audit_entry VALUES (20, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 8, 'Numerasi Kelas Awal', '{"state": "waiting", "person_id": 3}');
INSERT INTO public.audit_entry VALUES (21, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 9, 'Numerasi Kelas Awal', '{"state": "waiting", "person_id": 4}');
INSERT INTO public.audit_entry VALUES (22, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 10, 'Numerasi Kelas Awal', '{"state": "waiting", "person_id": 5}');
INSERT INTO public.audit_entry VALUES (23, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.join', 'enrolment', 11, 'Numerasi Kelas Awal', '{"state": "waiting", "person_id": 6}');
INSERT INTO public.audit_entry VALUES (24, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.leave', 'enrolment', 6, 'Numerasi Kelas Awal', '{"reason": "", "person_id": 1}');
INSERT INTO public.audit_entry VALUES (25, '2026-11-30 08:12:19.006257+00', NULL, 'test', 'enrolment.promote', 'enrolment', 8, 'Numerasi Kelas Awal', '{}');
INSERT INTO public.audit_entry VALUES (26, '2026-12-03 02:30:00+00', NULL, 'test', 'attendance.mark_by_hand', 'live_session', 1, 'Sesi 1', '{"person_id": 1, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO public.audit_entry VALUES (27, '2026-12-03 02:30:00+00', NULL, 'test', 'attendance.mark_by_hand', 'live_session', 1, 'Sesi 1', '{"person_id": 2, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO public.audit_entry VALUES (28, '2026-12-03 02:30:00+00', NULL, 'test', 'attendance.mark_by_hand', 'live_session', 1, 'Sesi 1', '{"person_id": 3, "present": true, "reason": "Daftar hadir kertas"}');
INSERT INTO public.audit_entry VALUES (29, '2026-12-04 02:30:00+00', NULL, 'test', 'diklat.close', 'diklat', 1, 'Asesmen Formatif', '{}');
INSERT INTO public.audit_entry VALUES (30, '2026-12-04 02:30:00+00', NULL, 'test', 'certificates.request', 'diklat', 1, 'Asesmen Formatif', '{"count": 3}');
INSERT INTO public.certificate VALUES (1, 'HGNFTBP78ZR6A9SCZZ0V2EKB4K', 1, 1, 'peserta', 0, 2026, 1, '400.3.4/0001/BC/XII/2026', '{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Siti Aminah", "bare_name": "Siti Aminah", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}', 4, '7978ca276165bc07bef465264b8cdbef174a85295de72de09c3347d0ac20bae0', 'bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824', '0e8bae21f525083b47c17e3e8557daa737d89a264fa111115a22b5f96c96b347', '2026-12-04 02:31:00+00', '2026-12-04', 'valid', '', NULL, '2026-12-04 02:30:00+00', 'certificate:1:peserta:1', 'done', '2026-12-04 02:30:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.certificate VALUES (2, 'RFETM383V4X1QSPBNY2APYJ6SG', 1, 2, 'peserta', 0, 2026, 2, '400.3.4/0002/BC/XII/2026', '{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Budi Santoso", "bare_name": "Budi Santoso", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}', 4, '82ba55c7270c2e3a6ea3310e5aeaad5cb43381403ec4c7ab72b58078fe94f2ea', 'bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824', '2348e73a403d4a9482716176193683c4c8d0343e739a81215a08377a9334220a', '2026-12-04 02:31:00+00', '2026-12-04', 'valid', '', NULL, '2026-12-04 02:30:00+00', 'certificate:1:peserta:2', 'done', '2026-12-04 02:30:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.certificate VALUES (3, 'PXMP60SEWTJP2J9S7NNQ4E3AFS', 1, 3, 'peserta', 0, 2026, 3, '400.3.4/0003/BC/XII/2026', '{"event": {"title": "Asesmen Formatif", "kind": "diklat", "mode": "daring", "place": "", "level": "kabupaten", "dates": ["2026-12-03"], "jp": 4, "minutes_per_jp": 45, "programme": [{"row": 1, "title": "Sesi 1", "group": "pokok", "jp": 4, "speakers": [], "when": [["2026-12-03T02:00:00+00:00", "2026-12-03T05:00:00+00:00"]], "shown_by": []}], "organiser": "Dinas Pendidikan Kabupaten Banyumas", "programme_name": "Banyumas Calakan", "tagline": "Program diklat gratis untuk guru Kabupaten Banyumas", "place_of_issue": "Purwokerto", "zone": "WIB", "logo": "", "signers": [{"post": "Ketua Banyumas Calakan", "name": "", "rank": "", "nip": "", "scan": ""}], "specimen": false}, "name": "Nur Hidayah", "bare_name": "Nur Hidayah", "workplace": "SD NEGERI 1 BESUKI", "kecamatan": "Lumbir", "nip": "", "nuptk": "", "role": "peserta", "attendance": ["present"]}', 4, '4f011bad8f25857e09803c29ae7fce29877ad40373c44624eff8bec3da26f562', 'bae2f042f8e60e001453058ba0ed58b87514dc342e1deb2d452624673148e824', '59301e573b12bda7ed1c10b651f237ba4e558d10840007cd7ce01d45b17ccb59', '2026-12-04 02:31:00+00', '2026-12-04', 'valid', '', NULL, '2026-12-04 02:30:00+00', 'certificate:1:peserta:3', 'done', '2026-12-04 02:30:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.certificate_register VALUES (1, 2026, 3, 1);
INSERT INTO public.choice VALUES (1, 'status', 'pns', 'PNS', 1, true);
INSERT INTO public.choice VALUES (2, 'status', 'pppk', 'PPPK', 2, true);
INSERT INTO public.choice VALUES (3, 'status', 'pppk_paruh_waktu', 'PPPK paruh waktu', 3, true);
INSERT INTO public.choice VALUES (4, 'status', 'gty', 'GTY', 4, true);
INSERT INTO public.choice VALUES (5, 'status', 'gtt', 'GTT', 5, true);
INSERT INTO public.choice VALUES (6, 'status', 'honorer', 'Honorer', 6, true);
INSERT INTO public.choice VALUES (7, 'status', 'lainnya', 'Lainnya', 7, true);
INSERT INTO public.choice VALUES (8, 'jabatan', 'guru_kelas', 'Guru kelas', 1, true);
INSERT INTO public.choice VALUES (9, 'jabatan', 'guru_mapel', 'Guru mapel', 2, true);
INSERT INTO public.choice VALUES (10, 'jabatan', 'guru_bk', 'Guru BK', 3, true);
INSERT INTO public.choice VALUES (11, 'jabatan', 'guru_paud', 'Guru PAUD/TK', 4, true);
INSERT INTO public.choice VALUES (12, 'jabatan', 'guru_pendamping_khusus', 'Guru pendamping khusus', 5, true);
INSERT INTO public.choice VALUES (13, 'jabatan', 'tutor', 'Tutor', 6, true);
INSERT INTO public.choice VALUES (14, 'jabatan', 'kepala_sekolah', 'Kepala sekolah', 7, true);
INSERT INTO public.choice VALUES (15, 'jabatan', 'wakil_kepala_sekolah', 'Wakil kepala sekolah', 8, true);
INSERT INTO public.choice VALUES (16, 'jabatan', 'pengawas_sekolah', 'Pengawas sekolah', 9, true);
INSERT INTO public.choice VALUES (17, 'jabatan', 'pendamping_satuan_pendidikan', 'Pendamping satuan pendidikan', 10, true);
INSERT INTO public.choice VALUES (18, 'jabatan', 'penilik', 'Penilik', 11, true);
INSERT INTO public.choice VALUES (19, 'jabatan', 'pamong_belajar', 'Pamong belajar', 12, true);
INSERT INTO public.choice VALUES (20, 'jabatan', 'tenaga_kependidikan', 'Tenaga kependidikan', 13, true);
INSERT INTO public.choice VALUES (21, 'jabatan', 'pegawai_dinas', 'Pegawai dinas', 14, true);
INSERT INTO public.choice VALUES (22, 'jabatan', 'lainnya', 'Lainnya', 15, true);
INSERT INTO public.choice VALUES (23, 'topic', 'numerasi', 'Numerasi', 1, true);
INSERT INTO public.choice VALUES (24, 'topic', 'literasi', 'Literasi', 2, true);
INSERT INTO public.choice VALUES (25, 'topic', 'asesmen', 'Asesmen', 3, true);
INSERT INTO public.choice VALUES (26, 'topic', 'kurikulum', 'Kurikulum', 4, true);
INSERT INTO public.choice VALUES (27, 'topic', 'teknologi', 'Teknologi pembelajaran', 5, true);
INSERT INTO public.choice VALUES (28, 'topic', 'kecerdasan_artifisial', 'Kecerdasan artifisial', 6, true);
INSERT INTO public.choice VALUES (29, 'topic', 'koding', 'Koding', 7, true);
INSERT INTO public.choice VALUES (30, 'topic', 'inklusi', 'Pendidikan inklusif', 8, true);
INSERT INTO public.choice VALUES (31, 'topic', 'sekolah_aman', 'Sekolah aman', 9, true);
INSERT INTO public.choice VALUES (32, 'topic', 'kepemimpinan', 'Kepemimpinan sekolah', 10, true);
INSERT INTO public.choice VALUES (33, 'topic', 'administrasi', 'Administrasi sekolah', 11, true);
INSERT INTO public.choice VALUES (34, 'topic', 'paud', 'Pendidikan anak usia dini', 12, true);
INSERT INTO public.diklat VALUES (2, 'numerasi-kelas-awal', 'Numerasi Kelas Awal', 'numerasi kelas awal ringkas', 'Ringkas.', '', '', 'diklat', 'daring', '', 2, '2026-11-30 08:12:18.976134+00', '2026-12-30 02:00:00+00', 80, true, 'published', '', 4, '2026-12-30 02:00:00+00', '2026-12-30 05:00:00+00', NULL, '2026-11-30 08:12:18.976134+00', '2026-11-30 08:12:18.976134+00', NULL, false, 9);
INSERT INTO public.diklat VALUES (1, 'asesmen-formatif', 'Asesmen Formatif', 'asesmen formatif ringkas', 'Ringkas.', '', '', 'diklat', 'daring', '', 4, '2026-11-30 08:12:18.919258+00', '2026-12-03 02:00:00+00', 80, true, 'closed', '', 4, '2026-12-03 02:00:00+00', '2026-12-03 05:00:00+00', NULL, '2026-11-30 08:12:18.919258+00', '2026-11-30 08:12:18.919258+00', '2026-12-04 02:30:00+00', false, 10);
INSERT INTO public.enrolment VALUES (1, 'DBRNZ37GPQ', 1, 1, 'confirmed', '2026-11-30 08:12:19.006257+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (2, 'FB097HPBBG', 1, 2, 'confirmed', '2026-11-30 08:12:19.006258+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (3, 'SCHF1PSPKJ', 1, 3, 'confirmed', '2026-11-30 08:12:19.006259+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (4, 'VYCMTMSMP1', 1, 4, 'confirmed', '2026-11-30 08:12:19.00626+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (5, 'KA7G0S6J1F', 1, 5, 'waiting', '2026-11-30 08:12:19.006261+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (7, 'FZ03RW0KCZ', 2, 2, 'confirmed', '2026-11-30 08:12:19.006258+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (9, 'W1TP1EZQK1', 2, 4, 'waiting', '2026-11-30 08:12:19.00626+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (10, 'K9HYTJZE20', 2, 5, 'waiting', '2026-11-30 08:12:19.006261+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (11, 'G8NNEYC3GT', 2, 6, 'waiting', '2026-11-30 08:12:19.006262+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (6, 'MCB2RRANJW', 2, 1, 'cancelled', '2026-11-30 08:12:19.006257+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.enrolment VALUES (8, 'GHW2FQV6FX', 2, 3, 'confirmed', '2026-11-30 08:12:19.006259+00', '2026-11-30 08:12:19.006257+00', '');
INSERT INTO public.kecamatan VALUES ('33.02.01', 'Lumbir', '3302010', '030201', 'Lumbir', -7.46556, 108.97591);
INSERT INTO public.kecamatan VALUES ('33.02.02', 'Wangon', '3302020', '030202', 'Wangon', -7.51331, 109.05485);
INSERT INTO public.kecamatan VALUES ('33.02.03', 'Jatilawang', '3302030', '030203', 'Jatilawang', -7.54548, 109.11253);
INSERT INTO public.kecamatan VALUES ('33.02.04', 'Rawalo', '3302040', '030204', 'Rawalo', -7.52255, 109.16479);
INSERT INTO public.kecamatan VALUES ('33.02.05', 'Kebasen', '3302050', '030205', 'Kebasen', -7.54613, 109.22753);
INSERT INTO public.kecamatan VALUES ('33.02.06', 'Kemranjen', '3302060', '030206', 'Kemranjen', -7.59106, 109.30772);
INSERT INTO public.kecamatan VALUES ('33.02.07', 'Sumpiuh', '3302070', '030207', 'Sumpiuh', -7.59742, 109.36755);
INSERT INTO public.kecamatan VALUES ('33.02.08', 'Tambak', '3302080', '030208', 'Tambak', -7.60108, 109.40966);
INSERT INTO public.kecamatan VALUES ('33.02.09', 'Somagede', '3302090', '030209', 'Somagede', -7.52574, 109.34477);
INSERT INTO public.kecamatan VALUES ('33.02.10', 'Kalibagor', '3302100', '030210', 'Kalibagor', -7.48802, 109.30412);
INSERT INTO public.kecamatan VALUES ('33.02.11', 'Banyumas', '3302110', '030211', 'Banyumas', -7.53198, 109.27309);
INSERT INTO public.kecamatan VALUES ('33.02.12', 'Patikraja', '3302120', '030212', 'Patikraja', -7.47687, 109.21311);
INSERT INTO public.kecamatan VALUES ('33.02.13', 'Purwojati', '3302130', '030213', 'Purwojati', -7.48408, 109.11);
INSERT INTO public.kecamatan VALUES ('33.02.14', 'Ajibarang', '3302140', '030214', 'Ajibarang', -7.42511, 109.0726);
INSERT INTO public.kecamatan VALUES ('33.02.15', 'Gumelar', '3302150', '030215', 'Gumelar', -7.38908, 108.99698);
INSERT INTO public.kecamatan VALUES ('33.02.16', 'Pekuncen', '3302160', '030216', 'Pekuncen', -7.35115, 109.08066);
INSERT INTO public.kecamatan VALUES ('33.02.17', 'Cilongok', '3302170', '030217', 'Cilongok', -7.37091, 109.1485);
INSERT INTO public.kecamatan VALUES ('33.02.18', 'Karanglewas', '3302180', '030218', 'Karanglewas', -7.3957, 109.18542);
INSERT INTO public.kecamatan VALUES ('33.02.19', 'Sokaraja', '3302230', '030223', 'Sokaraja', -7.45059, 109.29197);
INSERT INTO public.kecamatan VALUES ('33.02.20', 'Kembaran', '3302220', '030222', 'Kembaran', -7.41265, 109.28781);
INSERT INTO public.kecamatan VALUES ('33.02.21', 'Sumbang', '3302210', '030221', 'Sumbang', -7.34057, 109.26174);
INSERT INTO public.kecamatan VALUES ('33.02.22', 'Baturraden', '3302200', '030220', 'Baturaden', -7.31436, 109.22529);
INSERT INTO public.kecamatan VALUES ('33.02.23', 'Kedungbanteng', '3302190', '030219', 'Kedung Banteng', -7.33713, 109.20015);
INSERT INTO public.kecamatan VALUES ('33.02.24', 'Purwokerto Selatan', '3302710', '030224', 'Purwokerto Selatan', -7.44781, 109.24411);
INSERT INTO public.kecamatan VALUES ('33.02.25', 'Purwokerto Barat', '3302720', '030225', 'Purwokerto Barat', -7.42208, 109.21589);
INSERT INTO public.kecamatan VALUES ('33.02.26', 'Purwokerto Timur', '3302730', '030226', 'Purwokerto Timur', -7.42278, 109.25031);
INSERT INTO public.kecamatan VALUES ('33.02.27', 'Purwokerto Utara', '3302740', '030227', 'Purwokerto Utara', -7.40266, 109.23986);
INSERT INTO public.live_session VALUES (2, 2, 2, 1, 'Sesi 1', '2026-12-30 02:00:00+00', '2026-12-30 05:00:00+00', '2026-12-30', 4, '', '', '', 'planned', '', 0, '2026-11-30 08:12:18.976134+00', 0);
INSERT INTO public.live_session VALUES (1, 1, 1, 1, 'Sesi 1', '2026-12-03 02:00:00+00', '2026-12-03 05:00:00+00', '2026-12-03', 4, '', '', '', 'planned', '', 0, '2026-11-30 08:12:18.919258+00', 2);
INSERT INTO public.message VALUES (1, 'enrolment.confirmed', 1, 'orang1@example.org', 'enrolment', 1, '{"name": "Siti Aminah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:1:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (2, 'enrolment.confirmed', 2, 'orang2@example.org', 'enrolment', 2, '{"name": "Budi Santoso"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:2:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (3, 'enrolment.confirmed', 3, 'orang3@example.org', 'enrolment', 3, '{"name": "Nur Hidayah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:3:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (4, 'enrolment.confirmed', 4, 'orang4@example.org', 'enrolment', 4, '{"name": "Agus Setiawan"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:4:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (5, 'enrolment.waiting', 5, 'orang5@example.org', 'enrolment', 5, '{"name": "Dewi Lestari"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:5:waiting:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (6, 'enrolment.confirmed', 1, 'orang1@example.org', 'enrolment', 6, '{"name": "Siti Aminah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:6:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (7, 'enrolment.confirmed', 2, 'orang2@example.org', 'enrolment', 7, '{"name": "Budi Santoso"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:7:confirmed:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (8, 'enrolment.waiting', 3, 'orang3@example.org', 'enrolment', 8, '{"name": "Nur Hidayah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:8:waiting:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (9, 'enrolment.waiting', 4, 'orang4@example.org', 'enrolment', 9, '{"name": "Agus Setiawan"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:9:waiting:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (10, 'enrolment.waiting', 5, 'orang5@example.org', 'enrolment', 10, '{"name": "Dewi Lestari"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:10:waiting:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (11, 'enrolment.waiting', 6, 'orang6@example.org', 'enrolment', 11, '{"name": "Joko Prasetyo"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:11:waiting:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (12, 'enrolment.cancelled', 1, 'orang1@example.org', 'enrolment', 6, '{"name": "Siti Aminah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:6:cancelled:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (13, 'enrolment.promoted', 3, 'orang3@example.org', 'enrolment', 8, '{"name": "Nur Hidayah"}', '2026-11-30 08:12:19.006257+00', NULL, '', '', 'mail', NULL, 'enrolment:8:promoted:2026-11-30T08:12:19.006257+00:00', 'pending', '2026-11-30 08:12:19.006257+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (14, 'certificates.issued', 1, 'orang1@example.org', 'certificate', 1, '{"name": "Siti Aminah"}', '2026-12-04 02:31:00+00', NULL, '', '', 'mail', NULL, 'certificate:1:issued', 'pending', '2026-12-04 02:31:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (15, 'certificates.issued', 2, 'orang2@example.org', 'certificate', 2, '{"name": "Budi Santoso"}', '2026-12-04 02:31:00+00', NULL, '', '', 'mail', NULL, 'certificate:2:issued', 'pending', '2026-12-04 02:31:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.message VALUES (16, 'certificates.issued', 3, 'orang3@example.org', 'certificate', 3, '{"name": "Nur Hidayah"}', '2026-12-04 02:31:00+00', NULL, '', '', 'mail', NULL, 'certificate:3:issued', 'pending', '2026-12-04 02:31:00+00', NULL, NULL, 0, NULL);
INSERT INTO public.person VALUES (1, 'orang1@example.org', '2026-11-30 08:12:18.505633+00', NULL, '', 'Siti Aminah', '', 'siti aminah', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.505633+00', 'MQ39DFQM4P', 'ET47RN675TB1DART8VX75XBTJG', true, false, '2026-11-30 08:12:18.505633+00', '2026-11-30 08:12:18.505633+00', 1);
INSERT INTO public.person VALUES (2, 'orang2@example.org', '2026-11-30 08:12:18.811576+00', NULL, '', 'Budi Santoso', '', 'budi santoso', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.811576+00', 'WW46CPX5ME', 'DBHX8JYV3KPE2ZEZ5VJ0G97F1N', true, false, '2026-11-30 08:12:18.811576+00', '2026-11-30 08:12:18.811576+00', 1);
INSERT INTO public.person VALUES (3, 'orang3@example.org', '2026-11-30 08:12:18.836907+00', NULL, '', 'Nur Hidayah', '', 'nur hidayah', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.836907+00', 'VEE3SAG4JK', '57XKNGH3PSB0XSP03TRQ5Q0S95', true, false, '2026-11-30 08:12:18.836907+00', '2026-11-30 08:12:18.836907+00', 1);
INSERT INTO public.person VALUES (4, 'orang4@example.org', '2026-11-30 08:12:18.864593+00', NULL, '', 'Agus Setiawan', '', 'agus setiawan', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.864593+00', '5Y5560TNHR', '3Y9D0NYZS1KX432FDE2JGXG9JD', true, false, '2026-11-30 08:12:18.864593+00', '2026-11-30 08:12:18.864593+00', 1);
INSERT INTO public.person VALUES (5, 'orang5@example.org', '2026-11-30 08:12:18.880878+00', NULL, '', 'Dewi Lestari', '', 'dewi lestari', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.880878+00', 'J94007JRQ9', 'E54HBD3NKM6KH3N0EWQDH8FDR4', true, false, '2026-11-30 08:12:18.880878+00', '2026-11-30 08:12:18.880878+00', 1);
INSERT INTO public.person VALUES (6, 'orang6@example.org', '2026-11-30 08:12:18.904874+00', NULL, '', 'Joko Prasetyo', '', 'joko prasetyo', NULL, NULL, 'guru_kelas', '', 'sd', 'pns', 1, '', '', '33.02.01', NULL, NULL, 2, '2026-11-30 08:12:18.904874+00', '6PDT460MVJ', 'WMG3NGCF2QN97HHJRBM6ZB0QXH', true, false, '2026-11-30 08:12:18.904874+00', '2026-11-30 08:12:18.904874+00', 1);
INSERT INTO public.presence VALUES (1, 1, 1, true, 'hand', 'Daftar hadir kertas', '2026-12-03 02:30:00+00', NULL);
INSERT INTO public.presence VALUES (2, 1, 2, true, 'hand', 'Daftar hadir kertas', '2026-12-03 02:30:00+00', NULL);
INSERT INTO public.presence VALUES (3, 1, 3, true, 'hand', 'Daftar hadir kertas', '2026-12-03 02:30:00+00', NULL);
INSERT INTO public.programme_row VALUES (1, 1, 1, 'Sesi 1', '', 'pokok', 4, true);
INSERT INTO public.programme_row VALUES (2, 2, 1, 'Sesi 1', '', 'pokok', 4, true);
INSERT INTO public.school VALUES (1, '20302235', 'SD NEGERI 1 BESUKI', 'sd 1 besuki', 'sd', 'negeri', '33.02.01', -7.5008, 108.972, true);
INSERT INTO public.school_source VALUES (1, 'schools.csv', '2019-06-04', '2026-11-30 08:12:18.255296+00');
SELECT pg_catalog.setval('public.assignment_id_seq', 1, false);
SELECT pg_catalog.setval('public.audit_entry_id_seq', 30, true);
SELECT pg_catalog.setval('public.certificate_id_seq', 3, true);
SELECT pg_catalog.setval('public.certificate_register_id_seq', 1, true);
SELECT pg_catalog.setval('public.choice_id_seq', 34, true);
SELECT pg_catalog.setval('public.diklat_id_seq', 2, true);
SELECT pg_catalog.setval('public.enrolment_id_seq', 11, true);
SELECT pg_catalog.setval('public.live_session_id_seq', 2, true);
SELECT pg_catalog.setval('public.login_id_seq', 1, false);
SELECT pg_catalog.setval('public.message_id_seq', 16, true);
SELECT pg_catalog.setval('public.missed_code_id_seq', 1, false);
SELECT pg_catalog.setval('public.one_time_link_id_seq', 1, false);
SELECT pg_catalog.setval('public.person_id_seq', 6, true);
SELECT pg_catalog.setval('public.person_scope_id_seq', 1, false);
SELECT pg_catalog.setval('public.presence_id_seq', 3, true);
SELECT pg_catalog.setval('public.programme_row_id_seq', 2, true);
SELECT pg_catalog.setval('public.school_id_seq', 1081, true);
SELECT pg_catalog.setval('public.school_source_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT pk_assignment PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT pk_audit_entry PRIMARY KEY (id);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT pk_certificate PRIMARY KEY (id);
ALTER TABLE ONLY public.certificate_register
    ADD CONSTRAINT pk_certificate_register PRIMARY KEY (id);
ALTER TABLE ONLY public.check_in
    ADD CONSTRAINT pk_check_in PRIMARY KEY (live_session_id);
ALTER TABLE ONLY public.choice
    ADD CONSTRAINT pk_choice PRIMARY KEY (id);
ALTER TABLE ONLY public.diklat
    ADD CONSTRAINT pk_diklat PRIMARY KEY (id);
ALTER TABLE ONLY public.diklat_level
    ADD CONSTRAINT pk_diklat_level PRIMARY KEY (diklat_id, jenjang);
ALTER TABLE ONLY public.diklat_post
    ADD CONSTRAINT pk_diklat_post PRIMARY KEY (diklat_id, jabatan);
ALTER TABLE ONLY public.diklat_topic
    ADD CONSTRAINT pk_diklat_topic PRIMARY KEY (diklat_id, topic);
ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT pk_enrolment PRIMARY KEY (id);
ALTER TABLE ONLY public.kecamatan
    ADD CONSTRAINT pk_kecamatan PRIMARY KEY (code);
ALTER TABLE ONLY public.live_session
    ADD CONSTRAINT pk_live_session PRIMARY KEY (id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT pk_login PRIMARY KEY (id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (id);
ALTER TABLE ONLY public.missed_code
    ADD CONSTRAINT pk_missed_code PRIMARY KEY (id);
ALTER TABLE ONLY public.office_setting
    ADD CONSTRAINT pk_office_setting PRIMARY KEY (name);
ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT pk_one_time_link PRIMARY KEY (id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT pk_person PRIMARY KEY (id);
ALTER TABLE ONLY public.person_role
    ADD CONSTRAINT pk_person_role PRIMARY KEY (person_id, role);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT pk_person_scope PRIMARY KEY (id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT pk_presence PRIMARY KEY (id);
ALTER TABLE ONLY public.programme_row
    ADD CONSTRAINT pk_programme_row PRIMARY KEY (id);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT pk_school PRIMARY KEY (id);
ALTER TABLE ONLY public.school_source
    ADD CONSTRAINT pk_school_source PRIMARY KEY (id);
ALTER TABLE ONLY public.village
    ADD CONSTRAINT pk_village PRIMARY KEY (code);
ALTER TABLE ONLY public.volunteer
    ADD CONSTRAINT pk_volunteer PRIMARY KEY (person_id);
ALTER TABLE ONLY public.volunteer_topic
    ADD CONSTRAINT pk_volunteer_topic PRIMARY KEY (person_id, topic);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT uq_assignment_live_session_id_person_id UNIQUE (live_session_id, person_id);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT uq_certificate_code UNIQUE (code);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT uq_certificate_key UNIQUE (key);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT uq_certificate_number_revision UNIQUE (number, revision);
ALTER TABLE ONLY public.certificate_register
    ADD CONSTRAINT uq_certificate_register_year UNIQUE (year);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT uq_certificate_year_serial_revision UNIQUE (year, serial, revision);
ALTER TABLE ONLY public.choice
    ADD CONSTRAINT uq_choice_kind_code UNIQUE (kind, code);
ALTER TABLE ONLY public.diklat
    ADD CONSTRAINT uq_diklat_slug UNIQUE (slug);
ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT uq_enrolment_code UNIQUE (code);
ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT uq_enrolment_diklat_id_person_id UNIQUE (diklat_id, person_id);
ALTER TABLE ONLY public.kecamatan
    ADD CONSTRAINT uq_kecamatan_bps_code UNIQUE (bps_code);
ALTER TABLE ONLY public.kecamatan
    ADD CONSTRAINT uq_kecamatan_dapodik_code UNIQUE (dapodik_code);
ALTER TABLE ONLY public.live_session
    ADD CONSTRAINT uq_live_session_diklat_id_number UNIQUE (diklat_id, number);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT uq_login_secret_hash UNIQUE (secret_hash);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT uq_message_key UNIQUE (key);
ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT uq_one_time_link_secret_hash UNIQUE (secret_hash);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_calendar_token UNIQUE (calendar_token);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_code UNIQUE (code);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_email UNIQUE (email);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_nip UNIQUE (nip);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_nuptk UNIQUE (nuptk);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT uq_person_scope_person_id_kecamatan_code UNIQUE (person_id, kecamatan_code);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT uq_person_scope_person_id_school_id UNIQUE (person_id, school_id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT uq_presence_live_session_id_person_id UNIQUE (live_session_id, person_id);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT uq_school_npsn UNIQUE (npsn);
ALTER TABLE ONLY public.volunteer
    ADD CONSTRAINT uq_volunteer_slug UNIQUE (slug);
CREATE INDEX ix_assignment_live_session_id ON public.assignment USING btree (live_session_id);
CREATE INDEX ix_assignment_person_id ON public.assignment USING btree (person_id);
CREATE INDEX ix_audit_entry_act ON public.audit_entry USING btree (act);
CREATE INDEX ix_audit_entry_actor_id ON public.audit_entry USING btree (actor_id);
CREATE INDEX ix_audit_entry_at ON public.audit_entry USING btree (at);
CREATE INDEX ix_audit_entry_subject ON public.audit_entry USING btree (subject_kind, subject_id);
CREATE INDEX ix_certificate_diklat_id ON public.certificate USING btree (diklat_id);
CREATE INDEX ix_certificate_due_at ON public.certificate USING btree (due_at);
CREATE INDEX ix_certificate_person_id ON public.certificate USING btree (person_id);
CREATE INDEX ix_certificate_sha256 ON public.certificate USING btree (sha256);
CREATE INDEX ix_certificate_state ON public.certificate USING btree (state);
CREATE INDEX ix_certificate_work ON public.certificate USING btree (state, due_at);
CREATE INDEX ix_check_in_code ON public.check_in USING btree (code);
CREATE INDEX ix_diklat_catalogue ON public.diklat USING btree (state, starts_at);
CREATE INDEX ix_diklat_lead_id ON public.diklat USING btree (lead_id);
CREATE INDEX ix_enrolment_person_id ON public.enrolment USING btree (person_id);
CREATE INDEX ix_enrolment_seats ON public.enrolment USING btree (diklat_id, state, queued_at);
CREATE INDEX ix_live_session_diklat_id ON public.live_session USING btree (diklat_id);
CREATE INDEX ix_live_session_local_date ON public.live_session USING btree (local_date);
CREATE INDEX ix_live_session_row_id ON public.live_session USING btree (row_id);
CREATE INDEX ix_live_session_starts_at ON public.live_session USING btree (starts_at);
CREATE INDEX ix_login_person_id ON public.login USING btree (person_id);
CREATE INDEX ix_message_due_at ON public.message USING btree (due_at);
CREATE INDEX ix_message_kind ON public.message USING btree (kind);
CREATE INDEX ix_message_person_id ON public.message USING btree (person_id);
CREATE INDEX ix_message_state ON public.message USING btree (state);
CREATE INDEX ix_message_subject ON public.message USING btree (subject_kind, subject_id);
CREATE INDEX ix_message_work ON public.message USING btree (state, due_at);
CREATE INDEX ix_missed_code_live_session_id ON public.missed_code USING btree (live_session_id);
CREATE INDEX ix_missed_code_person ON public.missed_code USING btree (person_id, at);
CREATE INDEX ix_one_time_link_person_id ON public.one_time_link USING btree (person_id);
CREATE INDEX ix_person_jabatan ON public.person USING btree (jabatan);
CREATE INDEX ix_person_jenjang ON public.person USING btree (jenjang);
CREATE INDEX ix_person_kecamatan_code ON public.person USING btree (kecamatan_code);
CREATE INDEX ix_person_name_key ON public.person USING btree (name_key);
CREATE INDEX ix_person_school_id ON public.person USING btree (school_id);
CREATE INDEX ix_person_scope_person_id ON public.person_scope USING btree (person_id);
CREATE INDEX ix_presence_person_id ON public.presence USING btree (person_id);
CREATE INDEX ix_programme_row_diklat_id ON public.programme_row USING btree (diklat_id);
CREATE INDEX ix_school_jenjang ON public.school USING btree (jenjang);
CREATE INDEX ix_school_kecamatan_code ON public.school USING btree (kecamatan_code);
CREATE INDEX ix_school_search_key ON public.school USING btree (search_key);
CREATE INDEX ix_village_kecamatan_code ON public.village USING btree (kecamatan_code);
CREATE INDEX ix_volunteer_state ON public.volunteer USING btree (state);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT fk_assignment_live_session_id FOREIGN KEY (live_session_id) REFERENCES public.live_session(id);
ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT fk_assignment_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT fk_audit_entry_actor_id FOREIGN KEY (actor_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT fk_certificate_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT fk_certificate_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.check_in
    ADD CONSTRAINT fk_check_in_live_session_id FOREIGN KEY (live_session_id) REFERENCES public.live_session(id);
ALTER TABLE ONLY public.diklat
    ADD CONSTRAINT fk_diklat_lead_id FOREIGN KEY (lead_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.diklat_level
    ADD CONSTRAINT fk_diklat_level_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.diklat_post
    ADD CONSTRAINT fk_diklat_post_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.diklat_topic
    ADD CONSTRAINT fk_diklat_topic_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT fk_enrolment_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.enrolment
    ADD CONSTRAINT fk_enrolment_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.live_session
    ADD CONSTRAINT fk_live_session_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.live_session
    ADD CONSTRAINT fk_live_session_row_id FOREIGN KEY (row_id) REFERENCES public.programme_row(id);
ALTER TABLE ONLY public.login
    ADD CONSTRAINT fk_login_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.missed_code
    ADD CONSTRAINT fk_missed_code_live_session_id FOREIGN KEY (live_session_id) REFERENCES public.live_session(id);
ALTER TABLE ONLY public.missed_code
    ADD CONSTRAINT fk_missed_code_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.one_time_link
    ADD CONSTRAINT fk_one_time_link_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT fk_person_kecamatan_code FOREIGN KEY (kecamatan_code) REFERENCES public.kecamatan(code);
ALTER TABLE ONLY public.person_role
    ADD CONSTRAINT fk_person_role_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT fk_person_school_id FOREIGN KEY (school_id) REFERENCES public.school(id);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT fk_person_scope_kecamatan_code FOREIGN KEY (kecamatan_code) REFERENCES public.kecamatan(code);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT fk_person_scope_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.person_scope
    ADD CONSTRAINT fk_person_scope_school_id FOREIGN KEY (school_id) REFERENCES public.school(id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT fk_presence_live_session_id FOREIGN KEY (live_session_id) REFERENCES public.live_session(id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT fk_presence_marked_by_id FOREIGN KEY (marked_by_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.presence
    ADD CONSTRAINT fk_presence_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.programme_row
    ADD CONSTRAINT fk_programme_row_diklat_id FOREIGN KEY (diklat_id) REFERENCES public.diklat(id);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT fk_school_kecamatan_code FOREIGN KEY (kecamatan_code) REFERENCES public.kecamatan(code);
ALTER TABLE ONLY public.village
    ADD CONSTRAINT fk_village_kecamatan_code FOREIGN KEY (kecamatan_code) REFERENCES public.kecamatan(code);
ALTER TABLE ONLY public.volunteer
    ADD CONSTRAINT fk_volunteer_person_id FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.volunteer_topic
    ADD CONSTRAINT fk_volunteer_topic_person_id FOREIGN KEY (person_id) REFERENCES public.volunteer(person_id);
