// What the server answers, in its own names. Every number may be missing where an agent could not
// read it.

export interface Session {
  username: string;
  role: 'administrator' | 'viewer';
  default_password: boolean;
  must_change_password: boolean;
  version: string;
  /** Seconds from one call of a computer to the next. */
  interval_s: number;
}

export interface Facts {
  hostname: string | null;
  system: string | null;
  os: string | null;
  kernel: string | null;
  agent_version: string | null;
  boot_time_s: number | null;
}

export interface Sample {
  timestamp_ms: number;
  cpu_percent: number | null;
  memory_total: number | null;
  memory_used: number | null;
  memory_percent: number | null;
  disk_total: number | null;
  disk_used: number | null;
  disk_percent: number | null;
  network_bytes_sent: number | null;
  network_bytes_recv: number | null;
  network_sent_per_sec: number | null;
  network_recv_per_sec: number | null;
}

export interface Row {
  id: number;
  name: string;
  url: string;
  /** False for what is left of a removed computer: its history, without an agent to ask. */
  polled: boolean;
  status: 'online' | 'offline';
  reason: string | null;
  /** Since when the status holds. */
  since_ms: number | null;
  last_seen_ms: number | null;
  /** Its last call failed; it is not called offline for that, as a second try decides. */
  late: { since_ms: number; reason: string } | null;
  /** Negative where its clock is behind the server's; null where it is less than 2 s off, or unknown. */
  clock_ahead_s: number | null;
  facts: Facts;
  uptime_s: number | null;
  load_1m: number | null;
  sample: Sample | null;
  /** Sorted; unique without regard to case. */
  tags: string[];
  /** When the disk that is first full will be full by its trend, and where it is mounted. */
  disk_full: { at_ms: number; disk: string } | null;
  /** Its agent has a new token, and still takes the old one until it is given here. */
  token_renewed: boolean;
}

/** So many computers failed to answer at once that it is the server that cannot see them. */
export interface Blind {
  since_ms: number;
  failing: number;
  of: number;
}

/** The last hour of one series by the minute, oldest first; null where a minute has no sample. */
export interface Sparklines {
  /** Unix seconds. */
  from: number;
  step_s: number;
  /** By the computer's number; unknown ones are left out. */
  series: Record<string, (number | null)[]>;
}

export interface Overview {
  /** The number of the last live update that these rows contain. */
  seq: number;
  /** Which run of the server counts so. */
  run?: string;
  now_ms: number;
  interval_s: number;
  /** Null while the server sees its computers. */
  blind: Blind | null;
  computers: Row[];
}

export interface ComputerDetail extends Row {
  series: Record<string, number>;
  /** Empty where there is none. */
  note: string;
  /** The certificate that is pinned, and the one that was shown where that is why it is not asked. */
  tls_sha256: string | null;
  tls_sha256_found: string | null;
  memory_available: number | null;
  disk_free: number | null;
}

export interface Process {
  pid: number;
  name: string;
  cpu_percent: number | null;
  memory_percent: number | null;
  uptime_hours: number | null;
}

/** What a computer said when it was read in a second that somebody watched. */
export interface Reading extends Sample {
  series: Record<string, number>;
}

/** Why a computer is or is not read each second. */
export type Watching = 'reading' | 'busy' | 'slow' | 'silent' | 'old_agent';

export interface Now {
  state: Watching;
  /** Oldest first. */
  readings: Reading[];
  processes: Process[] | null;
}

export interface Processes {
  computer_name: string;
  processes: Process[];
}

/** Bucket i covers `from + i * step_s` up to `from + (i + 1) * step_s`; null where it is empty. */
export interface Buckets {
  min: (number | null)[];
  avg: (number | null)[];
  max: (number | null)[];
  count: number[];
}

export interface History {
  from: number;
  to: number;
  step_s: number;
  series: Record<string, Buckets>;
}

/** How complete a span is; moments are Unix seconds. */
export interface Completeness {
  from: number;
  to: number;
  expected: number;
  present: number;
  /** Null where nothing was expected. */
  share: number | null;
  /** Oldest first; the longest where there are too many. */
  gaps: { from: number; to: number; reason: string }[];
  gaps_left_out: number;
  /** When it did not answer, oldest first, whether or not its samples were filled in since. */
  outages: OutageTold[];
}

export interface OutageTold {
  from: number;
  /** Null where it has not answered since; as `from` where it was away between two calls alone. */
  to: number | null;
  /** How its call failed; empty where none did. */
  reason: string;
  /** What its first answer after that showed. */
  cause: string | null;
}

export interface SeriesEntry {
  name: string;
  label: string;
  unit: string;
  kind: 'gauge' | 'counter';
}

export interface SeriesList {
  first_ms: number | null;
  last_ms: number | null;
  series: SeriesEntry[];
}

/** How the database lies. */
export interface Storage {
  database_bytes: number;
  samples_stored: number;
  samples_sealed: number;
  /** How far the sealing of an old database is. */
  sealing: { done: number; all: number } | null;
  is_writing: boolean;
  problem: string | null;
  last_backup_ms: number | null;
  retain_s: number;
  max_database_bytes: number | null;
}

/** What became of a computer that was put. */
export interface Put {
  id: number;
  is_new: boolean;
  is_changed: boolean;
}

/** A computer that was removed, and may be brought back until it is gone. */
export interface Removed {
  id: number;
  name: string;
  removed_ms: number;
  gone_ms: number;
}

/** One of one's own sessions. */
export interface OwnSession {
  id: string;
  created_ms: number;
  used_ms: number;
  address: string | null;
  /** The user agent, as the browser said it. */
  browser: string | null;
  is_current: boolean;
}

export type TokenAccess = 'read' | 'full';

/** A token for programs, without its secret. */
export interface ApiToken {
  id: number;
  name: string;
  access: TokenAccess;
  created_ms: number;
  used_ms: number | null;
}

/** The one time that the secret is shown. */
export interface NewToken {
  id: number;
  name: string;
  access: TokenAccess;
  token: string;
}

export type Role = Session['role'];

export interface Account {
  id: number;
  username: string;
  role: Role;
  default_password: boolean;
  created_at: string;
  used_ms: number | null;
  is_self: boolean;
}

export interface AuditChange {
  from?: string;
  to: string;
}

/** What somebody did. */
export interface AuditEntry {
  id: number;
  at_ms: number;
  /** None for a command, and for who did not sign in. */
  account: string | null;
  /** The name of the API token that it was done with. */
  token: string | null;
  address: string | null;
  action: string;
  subject: string | null;
  detail: {
    role?: string;
    access?: string;
    count?: number;
    result?: string;
    name?: AuditChange;
    url?: AuditChange;
    changed?: string[];
  } | null;
}

export type ConnectionTest =
  | {
      ok: true;
      hostname: string | null;
      system: string | null;
      os: string | null;
      agent_version: string | null;
      latency_ms: number;
    }
  /** With the certificate that was shown, where that is why. */
  | { ok: false; reason: string; certificate_sha256?: string };
