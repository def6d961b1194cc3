// All texts of the dashboard in English. Sentences are short and exact; an error says what
// happened, why if known, and what to do next.

import type { ProblemTexts, ServerProblemTexts } from './problems';
import type { Evidence, ReasonTexts } from './reasons';

type DurationUnit = 'second' | 'minute' | 'hour' | 'day';

const durationShort: Record<DurationUnit, string> = {
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
};

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

const withDetail = (what: string, detail?: string) => (detail ? `${what}: ${detail}` : what);

const withEvidence =
  (what: string) =>
  ({ memory_percent, busiest }: Evidence) =>
    [
      what,
      memory_percent === undefined ? null : `memory was at ${memory_percent} % before`,
      busiest === undefined ? null : `busiest process ${busiest}`,
    ]
      .filter(Boolean)
      .join('; ');

function httpStatus({ status, phrase }: { status: number; phrase: string }): string {
  const answered = `answered ${status} ${phrase}`.trimEnd();
  if (status === 400)
    return `${answered}: an agent that accepts only TLS answers so if its address begins with http:// (its muster:// line has the right one)`;
  if (status === 404) return `${answered}: something other than an agent listens at this address`;
  if (status === 500) return `${answered}: the FastAPI client answers so to a wrong token`;
  if (status >= 300 && status < 400 && status !== 304)
    return `${answered}: redirects are not followed; enter the address that they lead to`;
  return answered;
}

/** By the server's codes. */
const reasons: ReasonTexts = {
  name_not_resolved: ({ name }) => `the name "${name}" could not be resolved`,
  address_denied: ({ address }) => `this server may not connect to ${address} (--deny-targets)`,
  connection_refused: 'connection refused',
  no_route: 'no route to the computer',
  out_of_descriptors: 'this server may not open more files: raise its limit (ulimit -n)',
  connect_failed: ({ detail }) => `could not connect: ${detail}`,
  connect_timeout: ({ seconds }) => `no connection within ${seconds} s`,
  answer_timeout: ({ seconds }) => `no answer within ${seconds} s`,
  connection_broken: ({ detail }) => withDetail('the connection broke', detail),
  tls_failed: ({ detail }) => `TLS failed: ${detail}`,
  tls_not_spoken:
    'TLS failed: what listens there does not speak TLS; try http:// instead of https://',
  certificate_expired: 'TLS failed: its certificate has expired',
  certificate_wrong_name:
    'TLS failed: its certificate is for another name than the one in the address',
  certificate_untrusted: ({ detail }) =>
    `TLS failed: its certificate is not trusted by this server’s operating system (${detail})`,
  certificate_changed: 'its certificate changed',
  not_http: 'what listens there does not speak HTTP',
  answer_too_large: ({ limit_bytes }) => `answered more than ${limit_bytes / 2 ** 20} MiB`,
  wrong_token: 'wrong token',
  http_status: httpStatus,
  not_system_info: ({ detail }) =>
    withDetail('answered something that is not system information', detail),
  not_polled: 'not polled: only its history is left in the database',
  invalid_address: ({ problem }) =>
    ({
      not_a_url: 'its address is not a URL: write it like http://box:8000',
      scheme: 'its address must begin with http:// or https://',
      excess: 'its address must be host, port and perhaps a path: no user, no ?query, no #fragment',
      too_long: 'its address is longer than 2,048 characters',
    })[problem],
  invalid_token: 'its token must have 1 to 512 printable ASCII characters and no spaces',
  invalid_certificate:
    'its pinned certificate must be a SHA-256 of 64 hexadecimal digits, and its address must begin with https://',
  not_yet_added: 'not yet added',
  server_not_running: 'the server was not running',
  server_blind: ({ failing, of }) =>
    withDetail(
      'this server could not reach its computers',
      failing && of ? `${failing} of ${of} failed at once` : undefined,
    ),
  history_damaged: 'the stored samples of this time are damaged: see `muster verify`',
  unknown: 'no answer was stored, and the reason is unknown',
  removed_and_restored: 'it was removed and restored later',
  rebooted: withEvidence('rebooted'),
  rebooted_cleanly: withEvidence('rebooted, cleanly'),
  rebooted_uncleanly: withEvidence('rebooted, uncleanly'),
  agent_crashed: withEvidence('the agent crashed or was killed'),
  agent_stopped: 'the agent was stopped and started again',
  agent_restarted: 'the agent was restarted',
  network_failed: ({ reason }) => `the computer kept running, the network failed: ${reason}`,
};

export const en = {
  locale: 'en-GB',
  product: 'Muster',
  missing: '–',

  units: {
    percent: '%',
    bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
    bytesPerSecond: ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'],
    thousands: ['', 'k', 'M', 'G', 'T', 'P'],
    perSecond: '/s',
    durationShort,
    durationLong: (number: number, unit: DurationUnit) => count(number, unit, `${unit}s`),
  },

  time: {
    now: 'now',
    ago: (duration: string) => `${duration} ago`,
    never: 'never',
  },

  reasons,
  /** Why a request was refused: empty, since the server's sentences are in English. */
  problems: {} as Partial<ProblemTexts>,

  titles: {
    overview: 'Computers',
    compare: 'Compare',
    manage: 'Manage',
    people: 'People',
    account: 'Account',
    audit: 'Audit log',
    login: 'Sign in',
    changePassword: 'Change password',
    unknown: 'No such page',
    page: (title: string) => `${title} · Muster`,
  },

  header: {
    skip: 'Skip to the content',
    navigation: 'Pages',
    computers: 'Computers',
    compare: 'Compare',
    manage: 'Manage',
    people: 'People',
    account: (username: string) => `Account of ${username}`,
    changePassword: 'Change password',
    signOut: 'Sign out',
    keys: 'Keys',
    roles: { administrator: 'Administrator', viewer: 'Viewer: sees all, changes nothing' },
    version: (version: string) => `Muster ${version}`,
    language: 'Language',
    languages: { browser: 'as the browser', en: 'English', de: 'Deutsch' },
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  },

  banner: {
    defaultPassword: 'You are signed in with the default password, which everyone knows.',
    defaultPasswordLink: 'Choose another',
    passwordChanged:
      'Your password has been changed. All other sessions of this account have ended.',
  },

  blind: {
    /** Used while other computers answer: the server is blind to only some. */
    toSome: (moment: string, failing: number, all: number) =>
      `${failing.toLocaleString('en')} of ${all.toLocaleString('en')} computers failed at once, at ${moment}. That looks like this server’s own network, so none of them counts as down yet.`,
    toAll: (moment: string, failing: number, all: number) =>
      `This server has been unable to see its computers since ${moment}: ${failing.toLocaleString('en')} of ${all.toLocaleString('en')} failed at once. It looks like its own network, so none of them counts as down.`,
  },

  live: {
    stale: (age: string) => `last update ${age} ago, reconnecting`,
    connecting: 'connecting',
  },

  errors: {
    unreachable:
      'The server does not answer. Check that it runs and that this computer reaches it.',
    sessionEnded: 'Your session has ended. Sign in again.',
    unexpected: (status: number) => `The server answered with status ${status}.`,
    retry: 'Try again',
    pageFailed: 'This page could not be loaded. The server may have been updated: load it again.',
    reload: 'Load again',
  },

  unknown: {
    title: 'No such page',
    sentence: 'Nothing lives at this address.',
    back: 'To the computers',
  },

  condition: {
    down: 'down',
    needs_attention: 'needs attention',
    /** Its last poll failed, and the next one decides. */
    late: 'late',
    waiting: 'waiting for the first answer',
    healthy: 'healthy',
    not_polled: 'no longer polled',
    downFor: (duration: string | null, reason: string | null) =>
      `down${duration ? ` for ${duration}` : ''}${reason ? `: ${reason}` : ''}`,
    downSince: (moment: string | null, reason: string | null) =>
      `down${moment ? ` since ${moment}` : ''}${reason ? `: ${reason}` : ''}`,
    neverAnswered: (reason: string | null) => `never answered${reason ? `: ${reason}` : ''}`,
    waitsForToken: (state: string) => `${state}; waits for its new token`,
    /** It may have needed attention in the meantime. */
    healthyFor: (duration: string | null) =>
      duration ? `healthy, answering for ${duration}` : 'healthy',
    lateBecause: (reason: string) => `late: ${reason}`,
    troubles: (list: string) => `needs attention: ${list}`,
    cpu: (percent: string) => `CPU ${percent}`,
    memory: (percent: string) => `memory ${percent}`,
    disk: (percent: string) => `disk ${percent} full`,
    disk_filling: (duration: string) => `disk full in about ${duration}`,
    fullNow: 'an hour',
  },

  overview: {
    filters: 'Show only',
    down: 'down',
    needs_attention: (number: number): string =>
      number === 1 ? 'needs attention' : 'need attention',
    late: 'late',
    waiting: 'waiting',
    healthy: 'healthy',
    not_polled: 'no longer polled',
    filling: (number: number): string => (number === 1 ? 'disk filling' : 'disks filling'),
    rebooted: 'rebooted in 24 h',
    needsAttentionMeans: (cpu: string, memory: string, disk: string, days: number) =>
      `Needs attention: CPU at ${cpu} or more, memory at ${memory} or more, disk at ${disk} or more, or a disk that is full within ${count(days, 'day', 'days')}`,
    fillingMeans: (days: number) =>
      `Computers with a disk that is full within ${count(days, 'day', 'days')}, if it goes on filling as it does; the soonest first`,
    rebootedMeans: 'Computers that were started within the last 24 hours; the latest first',
    lastSeen: (moment: string) => `last seen ${moment}`,
    lastValues: (moment: string) => `last values, ${moment}`,
    upSince: (moment: string) => `up since ${moment}`,
    fullAt: (disk: string, moment: string) => `${disk} is full about ${moment}, by its trend`,
    fullShort: (number: string, unit: string) => `full in ${number} ${unit}`,
    diskFullIn: (duration: string) => `disk full in about ${duration}`,
    cardLoad: (load: string) => `load ${load}`,
    cardUp: (number: string, unit: string) => `up ${number} ${unit}`,
    /** Said of a computer that waits for its new token. */
    newToken: 'new token',
    tags: (list: string) => `tags: ${list}`,
    moreTags: (number: number) => `+${number}`,
    search: 'Search',
    searchLabel: 'Search computers',
    tag: 'Tag',
    tagMenu: 'Tags',
    tagFilter: (tag: string) => `Show only ${tag}`,
    tagClear: 'All computers',
    tagSearch: 'Find a tag',
    group: 'Group by tag',
    grouped: 'grouped',
    untagged: 'No tag',
    groupCount: (number: number) => count(number, 'computer', 'computers'),
    view: 'View',
    table: 'Table',
    cards: 'Cards',
    sortBy: 'Sort by',
    orders: {
      condition: ['Worst first', 'Best first'],
      name: ['Name, A to Z', 'Name, Z to A'],
      cpu: ['CPU, highest first', 'CPU, lowest first'],
      memory: ['Memory, highest first', 'Memory, lowest first'],
      disk: ['Disk, fullest first', 'Disk, emptiest first'],
      full: ['Disk full soonest', 'Disk full latest'],
      network: ['Network, busiest first', 'Network, quietest first'],
      load: ['Load, highest first', 'Load, lowest first'],
      uptime: ['Rebooted last', 'Up for longest'],
      seen: ['Not seen for longest', 'Seen last'],
    },
    list: 'Computers',
    columns: {
      condition: 'State',
      name: 'Computer',
      cpu: 'CPU',
      memory: 'Memory',
      disk: 'Disk',
      full: 'Full in',
      network: 'Network',
      load: 'Load',
      uptime: 'Up',
      seen: 'Seen',
    },
    /** What the percentage is a share of, if not the value next to it. */
    percentMeans: {
      memory: 'Per cent of all memory that is not available; caches count as available',
      disk: 'Per cent as df counts: used, of used and free, without what is kept for root',
    },
    rates: (sent: string, received: string, unit: string) =>
      `sent ${sent}, received ${received} ${unit}`,
    loading: 'Loading the computers',
    shown: (shown: number, all: number) =>
      shown === all
        ? count(all, 'computer', 'computers')
        : `${shown.toLocaleString('en')} of ${count(all, 'computer', 'computers')}`,
    noDiskFills:
      'No disk fills up by its trend so far. To see one takes at least six hours of samples.',
    nothingFits: 'No computer fits.',
    nothingFitsSentence: (choices: string) => `None is ${choices}.`,
    nothingHas: (tags: string) => `tagged ${tags}`,
    nothingFound: (search: string) => `found by “${search}”`,
    nothingShown: {
      down: 'down',
      needs_attention: 'in need of attention',
      late: 'late',
      waiting: 'waiting for its first answer',
      healthy: 'healthy',
      not_polled: 'no longer polled',
      filling: 'about to fill a disk',
      rebooted: 'rebooted within the last 24 hours',
    },
    and: ' and ',
    showAll: 'Show all',
    emptyTitle: 'No computers yet',
    emptySentence: 'Start the agent on a computer that you want to watch:',
    emptyAgent:
      'It prints a line that begins with muster:// and holds address, token and certificate.',
    emptyManage: 'Paste it under Manage',
    emptyViewer: 'An administrator can then paste it under Manage.',
    emptyOlder: 'An older agent prints a token and an address alone: enter both there.',
  },

  charts: {
    spans: 'Span of the charts',
    span: {
      quarter: '15 min',
      hour: '1 h',
      sixHours: '6 h',
      day: '24 h',
      week: '7 d',
      month: '30 d',
      year: '1 y',
      all: 'All',
    },
    spanLong: {
      quarter: 'the last 15 minutes',
      hour: 'the last hour',
      sixHours: 'the last 6 hours',
      day: 'the last 24 hours',
      week: 'the last 7 days',
      month: 'the last 30 days',
      year: 'the last year',
      all: 'everything',
    },
    earlier: 'Earlier',
    later: 'Later',
    range: (least: string, most: string) => `${least} to ${most}`,
    label: (title: string, span: string, values: string) => `${title}, ${span}: ${values}`,
    crosshair: 'Moment under the crosshair',
    crosshairHint:
      'Left and right arrow move the crosshair, Page Up and Page Down move it to an outage',
    filledInAt: (moment: string) => `${moment}, filled in afterwards`,
    weekBefore: (values: string) => `a week before ${values}`,
    average: (value: string) => `average ${value}`,
    highest: (name: string, value: string) => `highest ${name}: ${value}`,
    lines: (number: number) => `${number.toLocaleString('en')} lines`,
  },

  certificate: {
    label: 'Certificate (SHA-256)',
    hint: 'Empty: one that the server’s operating system trusts',
    trust: (sha256: string) => `Trust this certificate: ${sha256}`,
    changed: 'Its certificate changed',
    explained:
      'This computer is not polled, since its agent shows another certificate than the pinned one.',
    toAdministrator:
      'If the agent was set up anew, compare the new one with the line that it prints at its start and take it; else somebody may be intercepting the connection.',
    toViewer:
      'If the agent was not set up anew, somebody may be intercepting the connection. Ask an administrator to look at it.',
    expected: 'Expected',
    found: 'Found',
    take: 'Take the new certificate',
    wrong: 'The SHA-256 of a certificate has 64 hexadecimal digits.',
  },

  computer: {
    back: 'Computers',
    facts: 'Facts',
    host: 'Host',
    system: 'System',
    kernel: 'Kernel',
    agent: 'Agent',
    upSince: 'Up since',
    address: 'Address',
    memory: 'Memory',
    disk: 'Disk',
    usedOf: (used: string, total: string) => `${used} of ${total} used`,
    available: (bytes: string) => `${bytes} available`,
    free: (bytes: string) => `${bytes} free`,
    lastSeen: 'Last seen',
    clock: 'Clock',
    clockAhead: (duration: string) => `${duration} ahead of this server’s`,
    clockBehind: (duration: string) => `${duration} behind this server’s`,
    charts: 'Charts',
    cpu: 'CPU',
    memoryChart: 'Memory',
    diskChart: 'Disk',
    network: 'Network',
    sent: 'sent',
    received: 'received',
    receivedEach: 'Received by interface',
    sentEach: 'Sent by interface',
    cores: 'Each core',
    load: 'Load',
    loads: { 'load.1m': '1 min', 'load.5m': '5 min', 'load.15m': '15 min' } as Record<
      string,
      string
    >,
    swap: 'Swap',
    disks: 'Each disk',
    compare: 'Compare with …',
    tags: 'Tags',
    note: 'Note',
    cpus: 'CPUs',
    before: {
      button: 'Week before',
      hint: 'The same hours of the week before, as a band behind the charts (w)',
      tooLong: 'Only for spans of up to a week',
      none: 'no history of the week before',
    },
    watching: {
      reading: 'each second',
      busy: (interval_s: number) => `each ${interval_s} s: 50 others are being watched`,
      slow: (interval_s: number) => `each ${interval_s} s: its agent is slow to answer`,
      old_agent: (interval_s: number) => `each ${interval_s} s: its agent is an older one`,
    },
    gapAt: (moment: string) => `${moment}: no answer`,
    outage: {
      down: (stretch: string, why: string | null) => `down ${stretch}${why ? `: ${why}` : ''}`,
      unwatched: (stretch: string, reason: string | null) => `${stretch}: ${reason}`,
      brief: (moment: string, cause: string | null) => `${moment}: ${cause ?? 'away for a moment'}`,
      removed: (from: string, to: string) => `removed ${from}, brought back ${to}`,
      since: (moment: string) => `since ${moment}`,
      filledIn: (why: string | null) => (why ? `${why}; filled in since` : 'filled in since'),
    },
    outages: 'Outages',
    moreOutages: (number: number) => `… ${number.toLocaleString('en')} more`,
    lookAt: 'Show in the charts',
    uptime: 'Up',
    uptimeMeans: 'The share of the time in which the server watched, and the computer answered',
    samples: 'of samples',
    longestGap: (duration: string, when: string) => `longest gap ${duration}, ${when}`,
    noGaps: 'no gaps',
    gapsLeftOut: (number: number) => `${count(number, 'shorter gap', 'shorter gaps')} not shown`,
    timeline: (outages: number, reboots: number) =>
      `Time line: ${outages === 0 ? 'no outages' : count(outages, 'outage', 'outages')}${reboots === 0 ? '' : `, ${count(reboots, 'reboot', 'reboots')}`}`,
    legend: {
      down: 'down',
      filled: 'down, filled in since',
      filledIn: 'filled in afterwards',
      unwatched: 'not watched',
      reboot: 'rebooted',
    },
    rebootedAt: (moment: string) => `rebooted ${moment}`,
    completenessFailed: (reason: string) => `Why samples are missing is not known: ${reason}`,
    noHistoryNewest: (moment: string) =>
      `No history for this span. The newest value is of ${moment}.`,
    showSpan: (span: string) => `Show ${span}`,
    noHistoryYet: 'No history yet. It begins with the first answer.',
    firstSoon: 'The first numbers come in a few seconds.',
    processes: 'Top processes',
    processesNone: 'The last answer named no processes.',
    processesNever: 'It has not answered yet.',
    processesAsOf: (moment: string) => `as of ${moment}`,
    process: { name: 'Name', pid: 'PID', cpu: 'CPU', memory: 'Memory', uptime: 'Up' },
    unknown: (id: number) => `There is no computer ${id}. It may have been removed.`,
    removed: (name: string) =>
      `${name} has just been removed. For 7 days it can be brought back with its history.`,
    unknownManage: 'See what was removed',
    loading: 'Loading the computer',
  },

  compare: {
    title: 'Compare',
    add: 'Add a computer',
    addLabel: 'Add a computer to the comparison',
    full: (most: number) => `${most} is the most`,
    nothingFits: 'No computer fits.',
    options: 'Computers',
    metric: 'Metric',
    noneShared: 'They share no metric',
    families: {
      cpu: 'CPU',
      memory: 'Memory',
      disk: 'Disk',
      network: 'Network',
      load: 'Load',
      other: 'Other',
    },
    notShared: (metric: string) => `${metric} (not sent by all)`,
    empty: 'Choose computers above to see one metric of all of them in one chart.',
    emptyKeys: 'Type a part of a name, then Enter.',
    computer: 'Computer',
    last: 'Last',
    min: 'Min',
    avg: 'Average',
    max: 'Max',
    remove: (name: string) => `Remove ${name} from the comparison`,
    unknown: (id: number) => `There is no computer ${id}.`,
    numbered: (id: number) => `computer ${id}`,
    noValues: 'no values in this span',
    chosen: (name: string) => `${name} was added to the comparison`,
    crosshairHint: 'Left and right arrow move the crosshair',
    loading: 'Loading the history',
  },

  manage: {
    title: 'Manage',
    viewer:
      'Your account can see all computers and change none. An administrator can add, change and remove them.',
    add: 'Add a computer',
    addHint:
      'Paste as the address the line that begins with muster://, which the agent prints when it starts: it holds address, token and certificate. For an older agent, enter address and token.',
    addSeveral: 'Add several at once',
    export: 'Export as CSV',
    exporting: (done: number, all: number) =>
      `Reading notes: ${done.toLocaleString('en')} of ${all.toLocaleString('en')}`,
    name: 'Name',
    namePlaceholder: 'web-1',
    address: 'Address',
    addressPlaceholder: 'http://web-1:8000',
    token: 'Token',
    tokenKeep: 'Leave empty to keep it',
    tags: 'Tags',
    tagsHint: 'A comma or Enter ends one',
    tagsChosen: 'Chosen tags',
    tagsKnown: 'Tags in use',
    tagRemove: (tag: string) => `Remove the tag ${tag}`,
    tagWrong: 'A tag has 1 to 32 characters and no comma.',
    tagsFull: (most: number) => `A computer has at most ${most} tags.`,
    note: 'Note',
    noteLoading: 'Loading the note',
    noteFailed: 'The note could not be loaded, and stays as it is.',
    noteLong: 'A note has at most 4,000 characters.',
    test: 'Test connection',
    testing: 'Testing …',
    addButton: 'Add',
    adding: 'Adding …',
    save: 'Save',
    saving: 'Saving …',
    cancel: 'Cancel',
    edit: 'Change',
    editNamed: (name: string) => `Change ${name}`,
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    removing: 'Removing …',
    found: (hostname: string, system: string, latency: string) =>
      `Found ${hostname} (${system}), answered in ${latency}.`,
    agentVersion: (version: string) => `agent ${version}`,
    unknownHost: 'a computer',
    notFound: (reason: string) => `Did not work: ${reason}.`,
    certificateChanged: (expected: string, found: string) =>
      `its certificate changed: expected SHA-256 ${expected}, found ${found}; if the agent was set up anew, take the new one over, else somebody may be intercepting the connection`,
    added: (name: string) => `${name} was added. Its first values come within seconds.`,
    saved: (name: string) => `${name} was changed.`,
    removed: (name: string) => `${name} was removed.`,
    nameMissing: 'Give it a name.',
    addressMissing: 'Enter the address at which the agent listens.',
    addressWrong: 'This is no address of the form http://host:port.',
    tokenMissing: 'Enter the token that the agent prints when it starts.',
    columns: {
      name: 'Name',
      tags: 'Tags',
      address: 'Address',
      state: 'State',
      actions: 'Actions',
    },
    removeTitle: (name: string) => `Remove ${name}?`,
    removeAtOnce: 'At once, it is no longer polled and leaves all lists.',
    removeKept: 'Its history, token, tags and note are kept for 7 days, until',
    removeBack:
      '. Until then, “Bring back” on this page undoes all of it; after that, they are deleted for good.',
    removeAgent: 'The agent on it keeps running until you stop it there.',
    removedTitle: 'Removed',
    removedHint: 'Each can be brought back with its whole history, until that is deleted.',
    removedWhen: 'removed',
    keptUntil: 'can be brought back until',
    restore: 'Bring back',
    restoreNamed: (name: string) => `Bring ${name} back`,
    restored: (name: string) => `${name} is back, with its history.`,
    nothing: 'No computers yet.',
    database: 'Database',
    backup: (age: string) => `last proven backup ${age}`,
    noBackups: 'no backups: see --backup-dir',
    /** By the server's codes; the moments are already formatted. */
    databaseProblems: {
      starting: 'The server is starting.',
      stopping: 'The server is stopping.',
      polling_stopped: 'The server no longer polls its computers: restart it. Its log may say why.',
      disk_nearly_full:
        'The database’s disk is nearly full: samples wait in memory while there is room for them.',
      database_not_writable:
        'The database cannot be written: samples wait in memory. The server’s log says why.',
      backup_failed: ({ detail }) => `The last backup failed: ${detail}`,
      clock_jumped: ({ from_ms, to_ms }) =>
        `The newest sample jumped from ${from_ms} to ${to_ms}, so no old ones are deleted until that has held for a day: check the server’s clock.`,
      database_too_large:
        'The database is larger than --max-database-size: only its newest day is left, which is never deleted.',
      history_cut: ({ from_ms }) =>
        `The history begins on ${from_ms}, because --max-database-size leaves no room for more.`,
    } as ServerProblemTexts,
    sealing: (percent: number) => `Sealing old samples: ${percent} %`,
  },

  several: {
    title: 'Add several computers',
    back: 'Manage',
    hint: 'Paste a line for each computer, or what its agent printed when it started.',
    lines: 'Lines',
    format:
      'Name, address and token, then perhaps tags and a note, with commas, semicolons, tabs or spaces between them. A first line may name the columns, in any order: name (or computer, host), url (or address), token, tags (or tag), note (or notes). Others are left out, so that an exported file will do once it has tokens.',
    example: 'web-1, http://web-1:8000, TOKEN, prod;db, second rack',
    file: 'Choose a file',
    fileFailed: 'This file could not be read.',
    tooManyBytes: 'This is more than 1 MiB. Add them in several parts.',
    tooManyLines: 'These are more than 10,000 lines. Add them in several parts.',
    preview: 'Preview',
    columns: {
      line: 'Line',
      name: 'Name',
      address: 'Address',
      token: 'Token',
      more: 'Tags and note',
      outcome: 'Outcome',
    },
    summary: (lines: number, bad: number) =>
      bad === 0
        ? count(lines, 'line', 'lines')
        : `${count(lines, 'line', 'lines')}, ${bad.toLocaleString('en')} of them with a problem`,
    onlyBad: 'Only those with a problem',
    send: (fresh: number, known: number) =>
      [
        (fresh > 0 || known === 0) && `Add ${count(fresh, 'computer', 'computers')}`,
        known > 0 &&
          (fresh > 0
            ? `change ${known.toLocaleString('en')}`
            : `Change ${count(known, 'computer', 'computers')}`),
      ]
        .filter(Boolean)
        .join(', '),
    moved: (lines: number) =>
      lines === 1
        ? 'One computer that is there gets another address.'
        : `${lines.toLocaleString('en')} computers that are there get another address.`,
    tokensReplaced: (lines: number) =>
      lines === 1
        ? 'One computer that is there gets the token of its line in place of the stored one.'
        : `${lines.toLocaleString('en')} computers that are there get the tokens of their lines in place of the stored ones.`,
    sending: (done: number, all: number) =>
      `${done.toLocaleString('en')} of ${all.toLocaleString('en')}`,
    stop: 'Stop',
    goOn: 'Go on',
    retry: (lines: number) => `Try ${lines.toLocaleString('en')} again`,
    done: (added: number, changed: number, same: number, failed: number) =>
      [
        `${added.toLocaleString('en')} added`,
        changed > 0 && `${changed.toLocaleString('en')} changed`,
        same > 0 && `${same.toLocaleString('en')} already there`,
        failed > 0 && `${failed.toLocaleString('en')} failed`,
      ]
        .filter(Boolean)
        .join(', '),
    new: 'new',
    known: (changes: string) => `is there: ${changes}`,
    addressChanges: (from: string, to: string) => `address changes from ${from} to ${to}`,
    tagsChange: (from: string, to: string) => `tags change from ${from} to ${to}`,
    tokenGiven: (hint: string) => `gets the token ${hint}`,
    results: { added: 'added', changed: 'changed', same: 'already there' },
    problems: {
      nameMissing: 'no name',
      nameWrong: 'the name has more than 100 characters, or one that nobody sees',
      urlMissing: 'no address',
      urlWrong: 'the address is none of the form http://host:port',
      tokenMissing: 'no token',
      mixedUp: 'address and token are mixed up: the address comes first',
      tokenWrong: 'the token has a blank or a letter that no token has',
      tooManyTags: 'more than 16 tags',
      noteLong: 'the note has more than 4,000 characters',
      quoteOpen: 'a quote is not closed',
      tooManyCells: 'more columns than there should be',
    },
    tagWrong: (tag: string) => `“${tag}” is too long for a tag`,
    twice: (line: number) => `the name is taken by line ${line}: give this one a name of its own`,
    twicePasted: (line: number) =>
      `the name is taken by line ${line}: put one of its own in front, as in “web-2, muster://…”`,
    losesTls: (name: string) =>
      `${name} is polled over TLS and this line would take that away: paste its muster:// line, or change it under Manage`,
  },

  account: {
    signIn: 'Sign in',
    username: 'User name',
    password: 'Password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    confirmPassword: 'New password again',
    demand: 'At least 8 characters.',
    tooShort: 'The new password needs at least 8 characters.',
    notEqual: 'The two new passwords differ.',
    change: 'Change password',
    must: 'This server can be reached from the network, and everyone knows the default password. Choose another one before anything else.',
    othersEnd:
      'All other sessions of this account end. Its API tokens go on working: revoke them under Account.',
    back: 'Cancel',
    sessions: 'Sessions',
    sessionsHint: 'Where this account is signed in.',
    thisSession: 'this one',
    browserOn: (browser: string, system: string) => `${browser} on ${system}`,
    unknownBrowser: 'unknown browser',
    unknownAddress: 'unknown address',
    lastUsed: 'last used',
    inUse: 'in use now',
    end: 'End',
    endNamed: (browser: string, address: string) => `End the session of ${browser}, ${address}`,
    endOthers: 'End all others',
    ended: 'The session has ended.',
    othersEnded: 'All other sessions have ended.',
    tokens: 'API tokens',
    tokensHint:
      'A token lets a program do what this account may do, without its password. It holds until it is revoked.',
    noTokens: 'No tokens yet.',
    tokenName: 'Name',
    tokenNamePlaceholder: 'backup script',
    access: 'Access',
    accessOf: { read: 'read only', full: 'full' },
    accessMeans: {
      read: 'Sees what this account sees, and changes nothing.',
      full: 'Changes what this account may change, but no account, session, token or password.',
    },
    createToken: 'Create a token',
    creating: 'Creating …',
    tokenNameMissing: 'Give it a name that says what it is for.',
    tokenCreated: (name: string) => `The token ${name}`,
    tokenOnce: 'It is shown only now. Keep it where secrets are kept.',
    example: 'For example:',
    created: 'created',
    neverUsed: 'never used',
    revoke: 'Revoke',
    revokeNamed: (name: string) => `Revoke ${name}`,
    revokeTitle: (name: string) => `Revoke ${name}?`,
    revokeSentence: 'Programs that use it are refused from then on. It cannot be brought back.',
    revoked: (name: string) => `${name} was revoked.`,
    copy: 'Copy',
    copied: 'Copied',
    loading: 'Loading',
  },

  people: {
    title: 'People',
    accounts: 'Accounts',
    viewer: 'Only administrators see and change the accounts.',
    hint: 'Administrators change everything. Viewers see all computers and change none.',
    roles: { administrator: 'Administrator', viewer: 'Viewer' },
    you: 'you',
    defaultPassword: 'has the default password',
    role: 'Role',
    username: 'User name',
    password: 'Password',
    newPassword: 'New password',
    newPasswordKeep: 'Leave empty to keep it',
    passwordDemand: 'At least 8 characters',
    columns: { username: 'User name', role: 'Role', used: 'Last seen', actions: 'Actions' },
    add: 'Add an account',
    addButton: 'Add',
    adding: 'Adding …',
    added: (username: string) => `${username} was added.`,
    change: 'Change',
    changeNamed: (username: string) => `Change ${username}`,
    changed: (username: string) => `${username} was changed.`,
    passwordEnds: 'A new password ends all sessions of this account.',
    ownPassword: 'Change your own password',
    ownRole: 'As a viewer you could no longer open this page.',
    save: 'Save',
    saving: 'Saving …',
    cancel: 'Cancel',
    remove: 'Remove',
    removing: 'Removing …',
    removeNamed: (username: string) => `Remove ${username}`,
    removeTitle: (username: string) => `Remove ${username}?`,
    removeSentence: 'Its sessions end and its API tokens stop working. This cannot be undone.',
    removed: (username: string) => `${username} was removed.`,
    usernameMissing: 'Enter a user name.',
    passwordShort: 'The password needs at least 8 characters.',
    loading: 'Loading the accounts',
  },

  audit: {
    title: 'Audit log',
    viewer: 'Only administrators see the audit log.',
    hint: 'Who did what, and from where. Entries are kept for a year.',
    search: 'Search the audit log',
    download: 'Download as CSV',
    loading: 'Loading the audit log',
    empty: 'Nothing has been noted yet.',
    nothingFits: 'No entry says that.',
    more: 'Show earlier entries',
    columns: { time: 'Time', who: 'Who', whence: 'From', what: 'What' },
    nobody: 'nobody signed in',
    operator: 'who runs the server',
    withToken: (name: string, token: string) => `${name}, with the token ${token}`,
    commandLine: 'the command line',
    several: 'several addresses',
    name: 'name',
    url: 'address',
    fromTo: (what: string, from: string, to: string) => `${what} ${from} → ${to}`,
    changed: { token: 'token', certificate: 'certificate', tags: 'tags', note: 'note' },
    access: { read: 'read only', full: 'full access' },
    answered: 'an agent answered',
    moreFailed: (count: number) => `failed to sign in ${count} more times within an hour`,
    /** By the server's action codes. */
    deeds: {
      signed_in: () => 'signed in',
      sign_in_failed: (name: string) => `failed to sign in as ${name}`,
      signed_out: () => 'signed out',
      password_changed: () => 'changed their own password',
      password_set: (name: string) => `set the password of ${name}`,
      account_added: (name: string) => `added the account ${name}`,
      role_changed: (name: string) => `gave ${name} another role`,
      account_removed: (name: string) => `removed the account ${name}`,
      session_ended: (address: string) => `ended one of their own sessions, begun from ${address}`,
      other_sessions_ended: () => 'ended all their other sessions',
      token_made: (name: string) => `created the API token ${name}`,
      token_revoked: (name: string) => `revoked the API token ${name}`,
      computer_added: (name: string) => `added the computer ${name}`,
      computer_changed: (name: string) => `changed the computer ${name}`,
      computer_removed: (name: string) => `removed the computer ${name}`,
      computer_restored: (name: string) => `brought the computer ${name} back`,
      connection_tested: (address: string) => `tested the connection to ${address}`,
    },
  },

  keys: {
    title: 'Keys',
    close: 'Close',
    everywhere: 'Everywhere',
    inList: 'In a list of computers',
    onComputer: 'On a computer’s page',
    search: 'Search',
    next: 'Next computer',
    previous: 'Previous computer',
    open: 'Open it',
    view: 'Table or cards',
    group: 'Group by tag, or not',
    sort: 'Choose the order',
    up: 'Back to the computers',
    clear: 'Leave the search, close what is open',
    moment: 'Move the crosshair (with the charts in focus)',
    earlierLater: 'Earlier, later',
    before: 'Show the week before',
    closer: 'Look closer, as dragging over a chart does; Esc leads back',
    theme: 'Change the theme',
    help: 'This list',
  },
};
