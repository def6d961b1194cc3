// Everything that the dashboard says, in English. Sentences are short and exact; an error says
// what happened, why if that is known, and what to do next.

type DurationUnit = 'second' | 'minute' | 'hour' | 'day';

const durationShort: Record<DurationUnit, string> = {
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
};

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

export const en = {
  language: 'en',
  locale: 'en-GB',
  product: 'Muster',
  missing: '–',

  units: {
    percent: '%',
    bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
    bytesPerSecond: ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'],
    durationShort,
    durationLong: (number: number, unit: DurationUnit) => count(number, unit, `${unit}s`),
  },

  time: {
    now: 'now',
    ago: (duration: string) => `${duration} ago`,
    never: 'never',
  },

  titles: {
    overview: 'Computers',
    manage: 'Manage',
    login: 'Sign in',
    changePassword: 'Change password',
    unknown: 'No such page',
    page: (title: string) => `${title} · Muster`,
  },

  header: {
    skip: 'Skip to the content',
    navigation: 'Pages',
    computers: 'Computers',
    manage: 'Manage',
    account: (username: string) => `Account of ${username}`,
    changePassword: 'Change password',
    signOut: 'Sign out',
    keys: 'Keys',
    roles: { administrator: 'Administrator', viewer: 'Viewer: sees all, changes nothing' },
    version: (version: string) => `Muster ${version}`,
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
  },

  banner: {
    defaultPassword: 'You are signed in with the default password, which everyone knows.',
    defaultPasswordLink: 'Choose another',
    passwordChanged:
      'Your password has been changed. All other sessions of this account have ended.',
  },

  live: {
    stale: (age: string) => `last update ${age} ago, reconnecting`,
    connecting: 'connecting',
  },

  errors: {
    unreachable:
      'The server does not answer. Check that it runs and that this computer reaches it.',
    sessionEnded: 'The session has ended. Sign in again.',
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
    silent: 'silent',
    trouble: 'in trouble',
    well: 'well',
    waiting: 'waiting for the first answer',
    unpolled: 'no longer polled',
    silentFor: (duration: string | null, reason: string | null) =>
      `silent${duration ? ` for ${duration}` : ''}${reason ? `: ${reason}` : ''}`,
    silentSince: (moment: string | null, reason: string | null) =>
      `silent${moment ? ` since ${moment}` : ''}${reason ? `: ${reason}` : ''}`,
    wellFor: (duration: string | null) => (duration ? `well for ${duration}` : 'well'),
    troubles: (list: string) => `in trouble: ${list}`,
    cpu: (percent: string) => `CPU ${percent}`,
    memory: (percent: string) => `memory ${percent}`,
    disk: (percent: string) => `disk ${percent} full`,
  },

  overview: {
    filters: 'Show only',
    silent: 'silent',
    trouble: 'in trouble',
    well: 'well',
    waiting: 'waiting',
    unpolled: 'no longer polled',
    troubleMeans: (cpu: string, memory: string, disk: string) =>
      `In trouble: CPU at ${cpu} or more, memory at ${memory} or more, or disk at ${disk} or more`,
    lastSeen: (moment: string) => `last seen ${moment}`,
    search: 'Search',
    searchLabel: 'Search computers',
    sortBy: 'Sort by',
    worstFirst: 'Worst first',
    table: 'Computers',
    columns: {
      condition: 'State',
      name: 'Computer',
      cpu: 'CPU',
      memory: 'Memory',
      disk: 'Disk',
      network: 'Network',
      uptime: 'Up',
      seen: 'Seen',
    },
    rates: (sent: string, received: string, unit: string) =>
      `sent ${sent}, received ${received} ${unit}`,
    loading: 'Loading the computers',
    shown: (shown: number, all: number) =>
      shown === all
        ? count(all, 'computer', 'computers')
        : `${shown.toLocaleString('en')} of ${count(all, 'computer', 'computers')}`,
    nothingFits: 'No computer fits.',
    showAll: 'Show all',
    emptyTitle: 'No computers yet',
    emptySentence: 'Start the agent on a computer that you want to watch:',
    emptyAgent: 'It prints a token and an address.',
    emptyManage: 'Enter both under Manage',
    emptyViewer: 'An administrator can then enter both under Manage.',
    copy: 'Copy',
    copied: 'Copied',
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
    spans: 'Span of the charts',
    span: { hour: '1 h', sixHours: '6 h', day: '24 h', week: '7 d', all: 'All' },
    spanLong: {
      hour: 'the last hour',
      sixHours: 'the last 6 hours',
      day: 'the last 24 hours',
      week: 'the last 7 days',
      all: 'everything',
    },
    charts: 'Charts',
    cpu: 'CPU',
    memoryChart: 'Memory',
    diskChart: 'Disk',
    network: 'Network',
    sent: 'sent',
    received: 'received',
    range: (least: string, most: string) => `${least} to ${most}`,
    chartLabel: (title: string, span: string, values: string) => `${title}, ${span}: ${values}`,
    chartEmpty: 'no values',
    crosshair: 'Moment under the crosshair',
    crosshairHint:
      'Left and right arrow move the crosshair, Page Up and Page Down move it to an outage',
    extent: (first: string, last: string) => `${first} to ${last}`,
    gapAt: (moment: string) => `${moment}: no answer`,
    outage: {
      silent: (stretch: string, reason: string) => `no answer ${stretch}: ${reason}`,
      unwatched: (stretch: string, reason: string) => `${stretch}: ${reason}`,
      since: (moment: string) => `since ${moment}`,
    },
    uptime: 'Up',
    uptimeMeans: 'The share of the time in which the server watched, and the computer answered',
    samples: 'of samples',
    longestGap: (duration: string, outage: string) => `longest gap ${duration}: ${outage}`,
    noGaps: 'no gaps',
    gapsLeftOut: (number: number) => `${count(number, 'shorter gap', 'shorter gaps')} not shown`,
    timeline: (outages: number) =>
      `Time line: ${outages === 0 ? 'no outages' : count(outages, 'outage', 'outages')}`,
    legend: { silent: 'silent', unwatched: 'not watched' },
    completenessFailed: (reason: string) => `Why samples are missing is not known: ${reason}`,
    noHistory: 'No history for this span.',
    noHistoryNewest: (moment: string) =>
      `No history for this span. The newest value is of ${moment}.`,
    noHistoryYet: 'No history yet. It begins with the first answer.',
    processes: 'Top processes',
    processesNone: 'The last answer named no processes.',
    processesAsOf: (moment: string) => `as of ${moment}`,
    process: { name: 'Name', pid: 'PID', cpu: 'CPU', memory: 'Memory', uptime: 'Up' },
    unknown: (id: number) => `There is no computer ${id}. It may have been removed.`,
    loading: 'Loading the computer',
  },

  manage: {
    title: 'Manage',
    viewer:
      'Your account can see all computers and change none. An administrator can add, change and remove them.',
    add: 'Add a computer',
    addHint: 'The agent prints its address and its token when it starts.',
    name: 'Name',
    namePlaceholder: 'web-1',
    address: 'Address',
    addressPlaceholder: 'http://web-1:8000',
    token: 'Token',
    tokenKeep: 'Leave empty to keep the stored one',
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
    added: (name: string) => `${name} was added. Its first values come within seconds.`,
    saved: (name: string) => `${name} was changed.`,
    removed: (name: string) => `${name} was removed.`,
    nameMissing: 'Give it a name.',
    addressMissing: 'Enter the address at which the agent listens.',
    addressWrong: 'This is no address of the form http://host:port.',
    tokenMissing: 'Enter the token that the agent prints when it starts.',
    columns: { name: 'Name', address: 'Address', state: 'State', actions: 'Actions' },
    removeTitle: (name: string) => `Remove ${name}?`,
    removeSentence: (name: string) =>
      `${name} is no longer watched, and its whole history is deleted. This cannot be undone.`,
    removeAgent: 'The agent on it keeps running until you stop it there.',
    nothing: 'No computers yet.',
    database: 'Database',
    backup: (age: string) => `last proven backup ${age}`,
    noBackups: 'no backups: see --backup-dir',
    sealing: (percent: number) => `Sealing old samples: ${percent} %`,
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
    othersEnd: 'All other sessions of this account end.',
    back: 'Cancel',
  },

  keys: {
    title: 'Keys',
    close: 'Close',
    search: 'Search',
    next: 'Next computer',
    previous: 'Previous computer',
    open: 'Open it',
    up: 'Back to the computers',
    clear: 'Leave the search, close what is open',
    moment: 'Move the crosshair (with the charts in focus)',
    theme: 'Change the theme',
    help: 'This list',
  },
};
