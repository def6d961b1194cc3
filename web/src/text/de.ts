// All texts of the dashboard in German: short, without addressing the reader, with infinitives for
// instructions.

import type { Text } from './index';
import type { ProblemTexts } from './problems';
import type { Evidence, ReasonTexts } from './reasons';

type DurationUnit = 'second' | 'minute' | 'hour' | 'day';

const durationShort: Record<DurationUnit, string> = {
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
};

const durationLong: Record<DurationUnit, [string, string]> = {
  second: ['Sekunde', 'Sekunden'],
  minute: ['Minute', 'Minuten'],
  hour: ['Stunde', 'Stunden'],
  day: ['Tag', 'Tage'],
};

const grouped = (number: number) => number.toLocaleString('de');

const count = (number: number, one: string, many: string) =>
  `${grouped(number)} ${number === 1 ? one : many}`;

/** "12 Tage" becomes "12 Tagen" after "seit" and "in"; the other units do not change. */
const dative = (duration: string) => duration.replace(/Tage$/, 'Tagen');

/** In a sentence days are spelled out, always in the plural: less than two days are shown in hours. */
const spelled = (duration: string) => duration.replace(/d$/, 'Tagen');

const withDetail = (what: string, detail?: string) => (detail ? `${what}: ${detail}` : what);

const withEvidence =
  (what: string) =>
  ({ memory_percent, busiest }: Evidence) =>
    [
      what,
      memory_percent === undefined ? null : `Speicher davor zu ${memory_percent}\u00a0% belegt`,
      busiest === undefined ? null : `aktivster Prozess ${busiest}`,
    ]
      .filter(Boolean)
      .join('; ');

function httpStatus({ status, phrase }: { status: number; phrase: string }): string {
  const answered = `Antwort ${status} ${phrase}`.trimEnd();
  if (status === 400)
    return `${answered}: So antwortet ein Agent, der nur TLS spricht, auf eine Adresse mit http:// (seine muster://-Zeile hat die richtige)`;
  if (status === 404)
    return `${answered}: Unter dieser Adresse lauscht etwas anderes als ein Agent`;
  if (status === 500) return `${answered}: So antwortet der FastAPI-Client auf ein falsches Token`;
  if (status >= 300 && status < 400 && status !== 304)
    return `${answered}: Umleitungen wird nicht gefolgt, die Adresse angeben, zu der sie führen`;
  return answered;
}

const reasons: ReasonTexts = {
  name_not_resolved: ({ name }) => `der Name „${name}“ ist nicht auflösbar`,
  address_denied: ({ address }) =>
    `dieser Server darf sich nicht mit ${address} verbinden (--deny-targets)`,
  connection_refused: 'Verbindung abgelehnt',
  no_route: 'kein Weg zum Rechner',
  out_of_descriptors:
    'dieser Server darf keine weiteren Dateien öffnen: Grenze erhöhen (ulimit -n)',
  connect_failed: ({ detail }) => `keine Verbindung: ${detail}`,
  connect_timeout: ({ seconds }) => `keine Verbindung binnen ${seconds} s`,
  answer_timeout: ({ seconds }) => `keine Antwort binnen ${seconds} s`,
  connection_broken: ({ detail }) => withDetail('Verbindung abgebrochen', detail),
  tls_failed: ({ detail }) => `TLS gescheitert: ${detail}`,
  tls_not_spoken:
    'TLS gescheitert: was dort lauscht, spricht kein TLS: http:// statt https:// versuchen',
  certificate_expired: 'TLS gescheitert: das Zertifikat ist abgelaufen',
  certificate_wrong_name:
    'TLS gescheitert: das Zertifikat gilt für einen anderen Namen als den in der Adresse',
  certificate_untrusted: ({ detail }) =>
    `TLS gescheitert: das Betriebssystem des Servers vertraut dem Zertifikat nicht (${detail})`,
  certificate_changed: 'das Zertifikat hat sich geändert',
  not_http: 'was dort lauscht, spricht kein HTTP',
  answer_too_large: ({ limit_bytes }) => `Antwort größer als ${limit_bytes / 2 ** 20} MiB`,
  wrong_token: 'falsches Token',
  http_status: httpStatus,
  not_system_info: ({ detail }) => withDetail('Antwort ohne Systeminformationen', detail),
  not_polled: 'nicht mehr abgefragt: Nur der Verlauf ist noch in der Datenbank',
  invalid_address: ({ problem }) =>
    ({
      not_a_url: 'die Adresse ist keine URL der Form http://box:8000',
      scheme: 'die Adresse muss mit http:// oder https:// beginnen',
      excess:
        'die Adresse besteht aus Host, Port und vielleicht einem Pfad, ohne Benutzer, ?query und #fragment',
      too_long: 'die Adresse ist länger als 2.048 Zeichen',
    })[problem],
  invalid_token:
    'das Token muss 1 bis 512 druckbare ASCII-Zeichen haben, keines davon ein Leerzeichen',
  invalid_certificate:
    'das angeheftete Zertifikat muss ein SHA-256 aus 64 hexadezimalen Ziffern sein, und die Adresse muss mit https:// beginnen',
  not_yet_added: 'noch nicht hinzugefügt',
  server_not_running: 'der Server lief nicht',
  server_blind: ({ failing, of }) =>
    withDetail(
      'dieser Server sah nichts',
      failing && of
        ? `${grouped(failing)} von ${grouped(of)} Rechnern antworteten auf einmal nicht`
        : undefined,
    ),
  history_damaged: 'was davon gespeichert ist, ist beschädigt: siehe `muster verify`',
  unknown: 'keine Antwort gespeichert, Grund unbekannt',
  removed_and_restored: 'er war entfernt und wurde später zurückgeholt',
  rebooted: withEvidence('neu gestartet'),
  rebooted_cleanly: withEvidence('neu gestartet, nach geordnetem Herunterfahren'),
  rebooted_uncleanly: withEvidence('neu gestartet, ohne geordnetes Herunterfahren'),
  agent_crashed: withEvidence('der Agent ist abgestürzt oder wurde gewaltsam beendet'),
  agent_stopped: 'der Agent wurde beendet und wieder gestartet',
  agent_restarted: 'der Agent wurde neu gestartet',
  network_failed: ({ reason }) => `der Rechner lief weiter, das Netz fiel aus: ${reason}`,
};

const problems: ProblemTexts = {
  invalid_request: ({ detail }) => `Ungültige Anfrage: ${detail}`,
  invalid_value: ({ name, expected }) => `Ungültiger Wert für ${name}: ${expected}`,
  wrong_content_type: ({ expected }) => `Die Anfrage braucht Content-Type: ${expected}.`,
  request_too_large: 'Die Anfrage ist zu groß.',
  host_header: 'Die Anfrage braucht genau einen Host-Header.',
  address_not_found: 'Diese Adresse gibt es in der API nicht. Alle stehen in /api/openapi.json.',
  method_not_allowed: 'Diese Methode gibt es unter dieser Adresse nicht.',
  tls_required: 'Dieser Port spricht TLS: die Adresse mit https:// öffnen.',
  sent_from_another_site:
    'Diese Änderung kam von einer anderen Seite. Muster selbst öffnen und noch einmal versuchen.',
  server_failed: 'Im Server trat ein Fehler auf. Näheres steht im Log.',
  server_starting: 'Der Server startet gerade. Gleich noch einmal versuchen.',
  timed_out: ({ seconds }) =>
    `Das dauerte länger als ${seconds} s. Noch einmal versuchen, oder weniger abfragen.`,
  not_signed_in: 'Erst anmelden.',
  must_change_password:
    'Dieses Konto hat das voreingestellte Passwort: zuerst unter /change_password ein anderes wählen.',
  administrators_only: 'Das dürfen nur Administratoren.',
  token_read_only: 'Dieses Token darf nur lesen und nichts ändern.',
  browser_only: 'Das darf kein Token: im Browser anmelden.',
  wrong_credentials: 'Benutzername oder Passwort falsch.',
  too_many_failed_sign_ins: ({ minutes }) =>
    `Zu viele Fehlversuche. In ${minutes} min noch einmal versuchen.`,
  too_many_sign_ins: 'Zu viele Anmeldungen auf einmal. In ein paar Sekunden noch einmal versuchen.',
  sign_out_from_another_site: 'Eine andere Seite wollte abmelden. Das geht nur in Muster selbst.',
  wrong_current_password: 'Das bisherige Passwort ist falsch.',
  passwords_differ: 'Die beiden neuen Passwörter sind verschieden.',
  password_too_short: 'Das neue Passwort braucht mindestens 8 Zeichen.',
  password_too_long: 'Das neue Passwort darf höchstens 1.024 Bytes haben.',
  password_is_default: 'Das neue Passwort darf nicht das voreingestellte sein.',
  password_changed_meanwhile: 'Das Passwort wurde inzwischen geändert: neu anmelden.',
  invalid_username: 'Ein Benutzername hat 1 bis 64 Zeichen, keines davon unsichtbar.',
  account_not_found: 'Dieses Konto gibt es nicht.',
  last_administrator:
    'Das ist der letzte Administrator: erst ein anderes Konto zum Administrator machen.',
  session_not_found: 'Diese Sitzung ist bereits beendet.',
  token_not_found: 'Dieses Token gibt es nicht mehr.',
  too_many_tokens: ({ limit }) =>
    `Es gibt schon ${limit} Tokens: eines widerrufen, das nicht mehr gebraucht wird.`,
  missing_fields: 'Es fehlen Angaben.',
  computer_not_found: 'Diesen Rechner gibt es nicht.',
  nothing_to_change: ({ fields }) => `Mindestens eines angeben von ${fields.join(', ')}.`,
  name_taken: ({ name }) => `Der Name „${name}“ ist vergeben.`,
  names_differ:
    'Der Name in der Adresse und der in der Anfrage sind verschieden: den in der Anfrage weglassen.',
  token_required:
    'Die Adresse hat einen anderen Host oder Port, oder kein TLS: auch das Token des Agenten dort eingeben.',
  invalid_name: 'Ein Name hat 1 bis 100 Zeichen, keines davon unsichtbar, und ist nicht . oder ..',
  address_not_a_url: 'Die Adresse ist keine URL der Form http://box:8000.',
  address_scheme: 'Die Adresse muss mit http:// oder https:// beginnen.',
  address_excess:
    'Die Adresse besteht aus Host, Port und vielleicht einem Pfad, ohne Benutzer, ?query und #fragment.',
  address_too_long: 'Die Adresse ist länger als 2.048 Zeichen.',
  muster_line_incomplete:
    'Die Zeile muster:// ist nicht vollständig: ganz kopieren, mit token= und sha256=, wie der Agent sie ausgab.',
  invalid_token: 'Ein Token hat 1 bis 512 druckbare ASCII-Zeichen, keines davon ein Leerzeichen.',
  invalid_fingerprint: 'Der SHA-256 eines Zertifikats hat 64 hexadezimale Ziffern.',
  pin_without_tls:
    'Ein Zertifikat lässt sich nur für eine Adresse anheften, die mit https:// beginnt.',
  invalid_tag: ({ tag }) =>
    `Ein Schlagwort hat 1 bis 32 Zeichen, kein Komma und kein unsichtbares: nicht „${tag}“.`,
  too_many_tags: 'Ein Rechner hat höchstens 16 Schlagwörter.',
  invalid_note:
    'Eine Notiz hat höchstens 4.000 Zeichen, keines davon unsichtbar außer Tabulatoren und Zeilenenden.',
  too_many_tests: ({ account_limit, total_limit, seconds }) =>
    `Zu viele Tests: ${account_limit} je Minute für ein Konto, ${total_limit} für alle zusammen. In ${seconds} s noch einmal versuchen.`,
};

export const de: Text = {
  locale: 'de-DE',
  product: 'Muster',
  missing: '–',

  units: {
    percent: '%',
    bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'],
    bytesPerSecond: ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'],
    thousands: ['', 'k', 'M', 'G', 'T', 'P'],
    perSecond: '/s',
    durationShort,
    durationLong: (number: number, unit: DurationUnit) => count(number, ...durationLong[unit]),
  },

  time: {
    now: 'jetzt',
    ago: (duration) => `vor ${spelled(duration)}`,
    never: 'nie',
  },

  reasons,
  problems,

  titles: {
    overview: 'Rechner',
    compare: 'Vergleichen',
    manage: 'Verwalten',
    people: 'Personen',
    account: 'Konto',
    audit: 'Protokoll',
    login: 'Anmelden',
    changePassword: 'Passwort ändern',
    unknown: 'Keine solche Seite',
    page: (title) => `${title} · Muster`,
  },

  header: {
    skip: 'Zum Inhalt',
    navigation: 'Seiten',
    computers: 'Rechner',
    compare: 'Vergleichen',
    manage: 'Verwalten',
    people: 'Personen',
    account: (username) => `Konto von ${username}`,
    changePassword: 'Passwort ändern',
    signOut: 'Abmelden',
    keys: 'Tasten',
    roles: { administrator: 'Administrator', viewer: 'Betrachter: sieht alles, ändert nichts' },
    version: (version) => `Muster ${version}`,
    language: 'Sprache',
    languages: { browser: 'wie der Browser', en: 'English', de: 'Deutsch' },
    theme: { system: 'Farben: wie das System', light: 'Farben: hell', dark: 'Farben: dunkel' },
  },

  banner: {
    defaultPassword: 'Angemeldet mit dem voreingestellten Passwort, das alle kennen.',
    defaultPasswordLink: 'Ein anderes wählen',
    passwordChanged:
      'Das Passwort ist geändert. Alle anderen Sitzungen dieses Kontos sind beendet.',
  },

  blind: {
    toSome: (moment, failing, all) =>
      `${grouped(failing)} von ${grouped(all)} Rechnern antworteten um ${moment} auf einmal nicht mehr. Es liegt wohl am Netz dieses Servers, darum gilt noch keiner davon als ausgefallen.`,
    toAll: (moment, failing, all) =>
      `Dieser Server sieht seine Rechner seit ${moment} nicht: ${grouped(failing)} von ${grouped(all)} antworteten auf einmal nicht mehr. Es liegt wohl an seinem eigenen Netz, darum gilt keiner davon als ausgefallen.`,
  },

  live: {
    stale: (age) => `letzter Stand vor ${spelled(age)}, neuer Versuch`,
    connecting: 'verbindet',
  },

  errors: {
    unreachable:
      'Der Server antwortet nicht. Prüfen, ob er läuft und von diesem Rechner erreichbar ist.',
    sessionEnded: 'Die Sitzung ist beendet. Neu anmelden.',
    unexpected: (status) => `Der Server antwortete mit Status ${status}.`,
    retry: 'Noch einmal versuchen',
    pageFailed:
      'Diese Seite ließ sich nicht laden. Vielleicht wurde der Server aktualisiert: neu laden.',
    reload: 'Neu laden',
  },

  unknown: {
    title: 'Keine solche Seite',
    sentence: 'Unter dieser Adresse gibt es nichts.',
    back: 'Zu den Rechnern',
  },

  condition: {
    down: 'ausgefallen',
    needs_attention: 'auffällig',
    late: 'verspätet',
    waiting: 'wartet auf die erste Antwort',
    healthy: 'in Ordnung',
    not_polled: 'nicht mehr abgefragt',
    downFor: (duration, reason) =>
      `ausgefallen${duration ? ` seit ${spelled(duration)}` : ''}${reason ? `: ${reason}` : ''}`,
    downSince: (moment, reason) =>
      `ausgefallen${moment ? ` seit ${moment}` : ''}${reason ? `: ${reason}` : ''}`,
    neverAnswered: (reason) => `hat nie geantwortet${reason ? `: ${reason}` : ''}`,
    waitsForToken: (state) => `${state}; wartet auf sein neues Token`,
    healthyFor: (duration) =>
      duration ? `in Ordnung, antwortet seit ${dative(duration)}` : 'in Ordnung',
    lateBecause: (reason) => `verspätet: ${reason}`,
    troubles: (list) => `auffällig: ${list}`,
    cpu: (percent) => `CPU ${percent}`,
    memory: (percent) => `Speicher ${percent}`,
    disk: (percent) => `Platte ${percent} voll`,
    disk_filling: (duration) => `Platte voll in etwa ${dative(duration)}`,
    fullNow: 'einer Stunde',
  },

  overview: {
    filters: 'Nur zeigen',
    down: 'ausgefallen',
    needs_attention: (_number) => 'auffällig',
    late: 'verspätet',
    waiting: 'warten',
    healthy: 'in Ordnung',
    not_polled: 'nicht mehr abgefragt',
    filling: (number) => (number === 1 ? 'Platte läuft voll' : 'Platten laufen voll'),
    rebooted: 'neu gestartet (24 h)',
    needsAttentionMeans: (cpu, memory, disk, days) =>
      `Auffällig: CPU ab ${cpu}, Speicher ab ${memory}, Platte ab ${disk} oder in ${count(days, 'Tag', 'Tagen')} voll`,
    fillingMeans: (days) =>
      `Rechner, deren Platte in ${count(days, 'Tag', 'Tagen')} voll ist, wenn es so weitergeht; die frühesten zuerst`,
    rebootedMeans: 'Rechner, die in den letzten 24 Stunden gestartet wurden; die jüngsten zuerst',
    lastSeen: (moment) => `zuletzt gesehen ${moment}`,
    lastValues: (moment) => `letzte Werte, ${moment}`,
    upSince: (moment) => `läuft seit ${moment}`,
    fullAt: (disk, moment) => `${disk} ist laut Trend etwa ${moment} voll`,
    fullShort: (number, unit) => `voll in ${number} ${unit}`,
    diskFullIn: (duration) => `Platte voll in etwa ${dative(duration)}`,
    cardLoad: (load) => `Last ${load}`,
    cardUp: (number, unit) => `läuft ${number} ${unit}`,
    newToken: 'neues Token',
    tags: (list) => `Schlagwörter: ${list}`,
    moreTags: (number) => `+${number}`,
    search: 'Suchen',
    searchLabel: 'Rechner suchen',
    tag: 'Schlagwort',
    tagMenu: 'Schlagwörter',
    tagFilter: (tag) => `Nur ${tag} zeigen`,
    tagClear: 'Alle Rechner',
    tagSearch: 'Schlagwort suchen',
    group: 'Nach Schlagwort gruppieren',
    grouped: 'gruppiert',
    untagged: 'Ohne Schlagwort',
    groupCount: (number) => `${grouped(number)} Rechner`,
    view: 'Ansicht',
    table: 'Tabelle',
    cards: 'Karten',
    sortBy: 'Sortieren nach',
    orders: {
      condition: ['Schlimmste zuerst', 'Beste zuerst'],
      name: ['Name, A bis Z', 'Name, Z bis A'],
      cpu: ['CPU, höchste zuerst', 'CPU, niedrigste zuerst'],
      memory: ['Speicher, höchster zuerst', 'Speicher, niedrigster zuerst'],
      disk: ['Platte, vollste zuerst', 'Platte, leerste zuerst'],
      full: ['Platte am frühesten voll', 'Platte am spätesten voll'],
      network: ['Netz, aktivstes zuerst', 'Netz, ruhigstes zuerst'],
      load: ['Last, höchste zuerst', 'Last, niedrigste zuerst'],
      uptime: ['Zuletzt neu gestartet', 'Am längsten in Betrieb'],
      seen: ['Am längsten nicht gesehen', 'Zuletzt gesehen'],
    },
    list: 'Rechner',
    columns: {
      condition: 'Zustand',
      name: 'Rechner',
      cpu: 'CPU',
      memory: 'Speicher',
      disk: 'Platte',
      full: 'Voll in',
      network: 'Netz',
      load: 'Last',
      uptime: 'Läuft',
      seen: 'Gesehen',
    },
    percentMeans: {
      memory: 'Prozent des Speichers, der nicht verfügbar ist; Caches gelten als verfügbar',
      disk: 'Prozent, wie df zählt: belegt von belegt und frei, ohne den Vorrat für root',
    },
    rates: (sent, received, unit) => `gesendet ${sent}, empfangen ${received} ${unit}`,
    loading: 'Rechner werden geladen',
    shown: (shown, all) =>
      shown === all
        ? `${grouped(all)} Rechner`
        : `${grouped(shown)} von ${count(all, 'Rechner', 'Rechnern')}`,
    noDiskFills:
      'Bisher läuft keine Platte erkennbar voll. Dafür braucht es Messwerte von mindestens sechs Stunden.',
    nothingFits: 'Kein Rechner passt.',
    nothingFitsSentence: (choices) => `Keiner ist ${choices}.`,
    nothingHas: (tags) => `mit ${tags} versehen`,
    nothingFound: (search) => `mit „${search}“ zu finden`,
    nothingShown: {
      down: 'ausgefallen',
      needs_attention: 'auffällig',
      late: 'verspätet',
      waiting: 'ohne erste Antwort',
      healthy: 'in Ordnung',
      not_polled: 'nicht mehr abgefragt',
      filling: 'kurz davor, eine Platte zu füllen',
      rebooted: 'in den letzten 24 Stunden neu gestartet',
    },
    and: ' und ',
    showAll: 'Alle zeigen',
    emptyTitle: 'Noch keine Rechner',
    emptySentence: 'Auf einem Rechner, der beobachtet werden soll, den Agenten starten:',
    emptyAgent:
      'Er gibt eine Zeile aus, die mit muster:// beginnt und Adresse, Token und Zertifikat enthält.',
    emptyManage: 'Sie unter „Verwalten“ einfügen',
    emptyViewer: 'Ein Administrator kann sie unter „Verwalten“ einfügen.',
    emptyOlder: 'Ein älterer Agent gibt nur ein Token und eine Adresse aus: dort beides eingeben.',
  },

  charts: {
    spans: 'Zeitraum der Kurven',
    span: {
      quarter: '15 min',
      hour: '1 h',
      sixHours: '6 h',
      day: '24 h',
      week: '7 Tage',
      month: '30 Tage',
      year: '1 Jahr',
      all: 'Alles',
    },
    spanLong: {
      quarter: 'die letzten 15 Minuten',
      hour: 'die letzte Stunde',
      sixHours: 'die letzten 6 Stunden',
      day: 'die letzten 24 Stunden',
      week: 'die letzten 7 Tage',
      month: 'die letzten 30 Tage',
      year: 'das letzte Jahr',
      all: 'alles',
    },
    earlier: 'Früher',
    later: 'Später',
    range: (least, most) => `${least} bis ${most}`,
    label: (title, span, values) => `${title}, ${span}: ${values}`,
    crosshair: 'Zeitpunkt unter dem Fadenkreuz',
    crosshairHint:
      'Pfeil links und rechts bewegen das Fadenkreuz, Bild auf und Bild ab zu einem Ausfall',
    filledInAt: (moment) => `${moment}, nachträglich ergänzt`,
    weekBefore: (values) => `eine Woche davor ${values}`,
    average: (value) => `im Mittel ${value}`,
    highest: (name, value) => `am höchsten ${name}: ${value}`,
    lines: (number) => `${grouped(number)} Kurven`,
  },

  certificate: {
    label: 'Zertifikat (SHA-256)',
    hint: 'Leer: eines, dem das Betriebssystem des Servers vertraut',
    trust: (sha256) => `Diesem Zertifikat vertrauen: ${sha256}`,
    changed: 'Das Zertifikat hat sich geändert',
    explained:
      'Dieser Rechner wird nicht abgefragt, denn sein Agent zeigt ein anderes Zertifikat als das angeheftete.',
    toAdministrator:
      'Wurde der Agent neu eingerichtet: das neue mit der Zeile vergleichen, die er beim Start ausgibt, und übernehmen; sonst hört womöglich jemand die Verbindung ab.',
    toViewer:
      'Wurde der Agent nicht neu eingerichtet, hört womöglich jemand die Verbindung ab. Einen Administrator bitten, es sich anzusehen.',
    expected: 'Erwartet',
    found: 'Gefunden',
    take: 'Das neue Zertifikat übernehmen',
    wrong: 'Der SHA-256 eines Zertifikats hat 64 hexadezimale Ziffern.',
  },

  computer: {
    back: 'Rechner',
    facts: 'Angaben',
    host: 'Host',
    system: 'System',
    kernel: 'Kernel',
    agent: 'Agent',
    upSince: 'Läuft seit',
    address: 'Adresse',
    memory: 'Speicher',
    disk: 'Platte',
    usedOf: (used, total) => `${used} von ${total} belegt`,
    available: (bytes) => `${bytes} verfügbar`,
    free: (bytes) => `${bytes} frei`,
    lastSeen: 'Zuletzt gesehen',
    clock: 'Uhr',
    clockAhead: (duration) => `geht gegenüber dem Server ${duration} vor`,
    clockBehind: (duration) => `geht gegenüber dem Server ${duration} nach`,
    charts: 'Kurven',
    cpu: 'CPU',
    memoryChart: 'Speicher',
    diskChart: 'Platte',
    network: 'Netz',
    sent: 'gesendet',
    received: 'empfangen',
    receivedEach: 'Empfangen je Schnittstelle',
    sentEach: 'Gesendet je Schnittstelle',
    cores: 'CPU je Kern',
    load: 'Last',
    loads: { 'load.1m': '1 min', 'load.5m': '5 min', 'load.15m': '15 min' },
    swap: 'Swap',
    disks: 'Belegung je Platte',
    compare: 'Vergleichen mit …',
    tags: 'Schlagwörter',
    note: 'Notiz',
    cpus: 'CPUs',
    before: {
      button: 'Vorwoche',
      hint: 'Dieselben Stunden der Woche davor, als Band hinter den Kurven (w)',
      tooLong: 'Nur für Zeiträume bis zu einer Woche',
      none: 'kein Verlauf aus der Woche davor',
    },
    watching: {
      reading: 'sekündlich',
      busy: (interval_s) => `alle ${interval_s} s: 50 andere werden gerade beobachtet`,
      slow: (interval_s) => `alle ${interval_s} s: der Agent antwortet langsam`,
      old_agent: (interval_s) => `alle ${interval_s} s: der Agent ist zu alt dafür`,
    },
    gapAt: (moment) => `${moment}: keine Antwort`,
    outage: {
      down: (stretch, why) => `ausgefallen ${stretch}${why ? `: ${why}` : ''}`,
      unwatched: (stretch, reason) => `${stretch}: ${reason}`,
      brief: (moment, cause) => `${moment}: ${cause ?? 'kurz nicht da'}`,
      removed: (from, to) => `entfernt ${from}, zurückgeholt ${to}`,
      since: (moment) => `seit ${moment}`,
      filledIn: (why) => (why ? `${why}; inzwischen nachgetragen` : 'inzwischen nachgetragen'),
    },
    outages: 'Ausfälle',
    moreOutages: (number) => `… ${grouped(number)} weitere`,
    lookAt: 'In den Kurven zeigen',
    uptime: 'Erreichbar',
    uptimeMeans: 'Anteil der Zeit, in der der Server beobachtete und der Rechner antwortete',
    samples: 'der Messwerte',
    longestGap: (duration, when) => `längste Lücke ${duration}, ${when}`,
    noGaps: 'keine Lücken',
    gapsLeftOut: (number) => `${count(number, 'kürzere Lücke', 'kürzere Lücken')} nicht gezeigt`,
    timeline: (outages, reboots) =>
      `Zeitleiste: ${outages === 0 ? 'keine Ausfälle' : count(outages, 'Ausfall', 'Ausfälle')}${reboots === 0 ? '' : `, ${count(reboots, 'Neustart', 'Neustarts')}`}`,
    legend: {
      down: 'ausgefallen',
      filled: 'ausgefallen, nachgetragen',
      filledIn: 'nachträglich ergänzt',
      unwatched: 'nicht beobachtet',
      reboot: 'neu gestartet',
    },
    rebootedAt: (moment) => `neu gestartet ${moment}`,
    completenessFailed: (reason) => `Warum Messwerte fehlen, ist nicht bekannt: ${reason}`,
    noHistoryNewest: (moment) =>
      `Kein Verlauf in diesem Zeitraum. Der neueste Wert ist von ${moment}.`,
    showSpan: (span) => `${span.replace(/^./, (first) => first.toUpperCase())} zeigen`,
    noHistoryYet: 'Noch kein Verlauf. Er beginnt mit der ersten Antwort.',
    firstSoon: 'Die ersten Werte kommen in wenigen Sekunden.',
    processes: 'Aktivste Prozesse',
    processesNone: 'Die letzte Antwort nannte keine Prozesse.',
    processesNever: 'Der Rechner hat noch nicht geantwortet.',
    processesAsOf: (moment) => `Stand ${moment}`,
    process: { name: 'Name', pid: 'PID', cpu: 'CPU', memory: 'Speicher', uptime: 'Läuft' },
    unknown: (id) => `Rechner ${id} gibt es nicht. Vielleicht wurde er entfernt.`,
    removed: (name: string) =>
      `${name} wurde gerade entfernt. 7 Tage lang lässt er sich mit seinem Verlauf zurückholen.`,
    unknownManage: 'Entfernte Rechner ansehen',
    loading: 'Rechner wird geladen',
  },

  compare: {
    title: 'Vergleichen',
    add: 'Rechner hinzufügen',
    addLabel: 'Rechner zum Vergleich hinzufügen',
    full: (most) => `höchstens ${most}`,
    nothingFits: 'Kein Rechner passt.',
    options: 'Rechner',
    metric: 'Messgröße',
    noneShared: 'Keine gemeinsame Messgröße',
    families: {
      cpu: 'CPU',
      memory: 'Speicher',
      disk: 'Platte',
      network: 'Netz',
      load: 'Last',
      other: 'Weitere',
    },
    notShared: (metric) => `${metric} (nicht von allen gesendet)`,
    empty: 'Oben Rechner wählen, um eine Messgröße von allen in einem Bild zu sehen.',
    emptyKeys: 'Einen Teil eines Namens eingeben, dann Enter.',
    computer: 'Rechner',
    last: 'Zuletzt',
    min: 'Kleinster',
    avg: 'Mittel',
    max: 'Größter',
    remove: (name) => `${name} aus dem Vergleich nehmen`,
    unknown: (id) => `Rechner ${id} gibt es nicht.`,
    numbered: (id) => `Rechner ${id}`,
    noValues: 'keine Werte in diesem Zeitraum',
    chosen: (name) => `${name} ist im Vergleich`,
    crosshairHint: 'Pfeil links und rechts bewegen das Fadenkreuz',
    loading: 'Verlauf wird geladen',
  },

  manage: {
    title: 'Verwalten',
    viewer:
      'Dieses Konto sieht alle Rechner und ändert keinen. Hinzufügen, ändern und entfernen können Administratoren.',
    add: 'Rechner hinzufügen',
    addHint:
      'Als Adresse die Zeile einfügen, die mit muster:// beginnt und die der Agent beim Start ausgibt: Sie enthält Adresse, Token und Zertifikat. Für einen älteren Agenten Adresse und Token eingeben.',
    addSeveral: 'Mehrere auf einmal',
    export: 'Als CSV speichern',
    exporting: (done, all) => `Liest Notizen: ${grouped(done)} von ${grouped(all)}`,
    name: 'Name',
    namePlaceholder: 'web-1',
    address: 'Adresse',
    addressPlaceholder: 'http://web-1:8000',
    token: 'Token',
    tokenKeep: 'Leer lassen, um es zu behalten',
    tags: 'Schlagwörter',
    tagsHint: 'Komma oder Enter schließt eines ab',
    tagsChosen: 'Gewählte Schlagwörter',
    tagsKnown: 'Vorhandene Schlagwörter',
    tagRemove: (tag) => `Schlagwort ${tag} entfernen`,
    tagWrong: 'Ein Schlagwort hat 1 bis 32 Zeichen und kein Komma.',
    tagsFull: (most) => `Ein Rechner hat höchstens ${most} Schlagwörter.`,
    note: 'Notiz',
    noteLoading: 'Notiz wird geladen',
    noteFailed: 'Die Notiz ließ sich nicht laden und bleibt, wie sie ist.',
    noteLong: 'Eine Notiz hat höchstens 4.000 Zeichen.',
    test: 'Verbindung testen',
    testing: 'Testet …',
    addButton: 'Hinzufügen',
    adding: 'Fügt hinzu …',
    save: 'Speichern',
    saving: 'Speichert …',
    cancel: 'Abbrechen',
    edit: 'Ändern',
    editNamed: (name) => `${name} ändern`,
    remove: 'Entfernen',
    removeNamed: (name) => `${name} entfernen`,
    removing: 'Entfernt …',
    found: (hostname, system, latency) =>
      `${hostname} (${system}) gefunden, Antwort nach ${latency}.`,
    agentVersion: (version) => `Agent ${version}`,
    unknownHost: 'ein Rechner',
    notFound: (reason) => `Ging nicht: ${reason}.`,
    certificateChanged: (expected, found) =>
      `das Zertifikat hat sich geändert: erwartet SHA-256 ${expected}, gefunden ${found}; wurde der Agent neu eingerichtet, das neue übernehmen, sonst hört womöglich jemand die Verbindung ab`,
    added: (name) => `${name} ist hinzugefügt. Die ersten Werte kommen in Sekunden.`,
    saved: (name) => `${name} ist geändert.`,
    removed: (name) => `${name} ist entfernt.`,
    nameMissing: 'Einen Namen eingeben.',
    addressMissing: 'Die Adresse eingeben, unter der der Agent lauscht.',
    addressWrong: 'Das ist keine Adresse der Form http://host:port.',
    tokenMissing: 'Das Token eingeben, das der Agent beim Start ausgibt.',
    columns: {
      name: 'Name',
      tags: 'Schlagwörter',
      address: 'Adresse',
      state: 'Zustand',
      actions: 'Aktionen',
    },
    removeTitle: (name) => `${name} entfernen?`,
    removeAtOnce: 'Er wird ab sofort nicht mehr abgefragt und verschwindet aus allen Listen.',
    removeKept: 'Verlauf, Token, Schlagwörter und Notiz bleiben 7 Tage erhalten, bis',
    removeBack:
      '. Bis dahin macht „Zurückholen“ auf dieser Seite alles rückgängig; danach werden sie endgültig gelöscht.',
    removeAgent: 'Der Agent darauf läuft, bis er dort beendet wird.',
    removedTitle: 'Entfernt',
    removedHint:
      'Jeder lässt sich mit seinem ganzen Verlauf zurückholen, bis dieser gelöscht wird.',
    removedWhen: 'entfernt',
    keptUntil: 'zurückzuholen bis',
    restore: 'Zurückholen',
    restoreNamed: (name) => `${name} zurückholen`,
    restored: (name) => `${name} ist zurück, mit seinem Verlauf.`,
    nothing: 'Noch keine Rechner.',
    database: 'Datenbank',
    backup: (age) => `letzte geprüfte Sicherung ${age}`,
    noBackups: 'keine Sicherungen: siehe --backup-dir',
    databaseProblems: {
      starting: 'Der Server startet gerade.',
      stopping: 'Der Server wird gerade beendet.',
      polling_stopped:
        'Der Server fragt seine Rechner nicht mehr ab: neu starten. Vielleicht steht der Grund im Log.',
      disk_nearly_full:
        'Der Datenträger der Datenbank ist fast voll: Messwerte warten im Speicher, solange dort Platz ist.',
      database_not_writable:
        'Die Datenbank lässt sich nicht schreiben: Messwerte warten im Speicher. Näheres steht im Log.',
      backup_failed: ({ detail }) => `Die letzte Sicherung ist gescheitert: ${detail}`,
      clock_jumped: ({ from_ms, to_ms }) =>
        `Der neueste Messwert sprang von ${from_ms} auf ${to_ms}. Alte werden erst wieder gelöscht, wenn das einen Tag lang so bleibt: die Uhr des Servers prüfen.`,
      database_too_large:
        'Die Datenbank ist größer als --max-database-size: Nur der jüngste Tag ist noch da, und der wird nie gelöscht.',
      history_cut: ({ from_ms }) =>
        `Der Verlauf beginnt am ${from_ms}, weil --max-database-size nicht mehr zulässt.`,
    },
    sealing: (percent) => `Alte Messwerte werden versiegelt: ${percent} %`,
  },

  several: {
    title: 'Mehrere Rechner hinzufügen',
    back: 'Verwalten',
    hint: 'Für jeden Rechner eine Zeile einfügen, oder was sein Agent beim Start ausgab.',
    lines: 'Zeilen',
    format:
      'Name, Adresse und Token, dann vielleicht Schlagwörter und eine Notiz, getrennt durch Kommas, Semikolons, Tabulatoren oder Leerzeichen. Eine erste Zeile darf die Spalten nennen, in beliebiger Reihenfolge: name (oder computer, host), url (oder address), token, tags (oder tag), note (oder notes). Andere bleiben unbeachtet, sodass auch eine gespeicherte CSV-Datei taugt, wenn Tokens ergänzt sind.',
    example: 'web-1, http://web-1:8000, TOKEN, prod;db, zweiter Schrank',
    file: 'Datei wählen',
    fileFailed: 'Diese Datei ließ sich nicht lesen.',
    tooManyBytes: 'Das ist mehr als 1 MiB. In mehreren Teilen hinzufügen.',
    tooManyLines: 'Das sind mehr als 10.000 Zeilen. In mehreren Teilen hinzufügen.',
    preview: 'Vorschau',
    columns: {
      line: 'Zeile',
      name: 'Name',
      address: 'Adresse',
      token: 'Token',
      more: 'Schlagwörter und Notiz',
      outcome: 'Ergebnis',
    },
    summary: (lines, bad) =>
      bad === 0
        ? count(lines, 'Zeile', 'Zeilen')
        : `${count(lines, 'Zeile', 'Zeilen')}, davon ${grouped(bad)} mit einem Problem`,
    onlyBad: 'Nur die mit einem Problem',
    send: (fresh, known) =>
      [
        (fresh > 0 || known === 0) && `${grouped(fresh)} Rechner hinzufügen`,
        known > 0 && (fresh > 0 ? `${grouped(known)} ändern` : `${grouped(known)} Rechner ändern`),
      ]
        .filter(Boolean)
        .join(', '),
    moved: (lines) =>
      lines === 1
        ? 'Ein vorhandener Rechner bekommt eine andere Adresse.'
        : `${grouped(lines)} vorhandene Rechner bekommen eine andere Adresse.`,
    tokensReplaced: (lines) =>
      lines === 1
        ? 'Ein vorhandener Rechner bekommt das Token seiner Zeile statt des gespeicherten.'
        : `${grouped(lines)} vorhandene Rechner bekommen die Tokens ihrer Zeilen statt der gespeicherten.`,
    sending: (done, all) => `${grouped(done)} von ${grouped(all)}`,
    stop: 'Anhalten',
    goOn: 'Weiter',
    retry: (lines) => `${grouped(lines)} noch einmal versuchen`,
    done: (added, changed, same, failed) =>
      [
        `${grouped(added)} hinzugefügt`,
        changed > 0 && `${grouped(changed)} geändert`,
        same > 0 && `${grouped(same)} schon da`,
        failed > 0 && `${grouped(failed)} gescheitert`,
      ]
        .filter(Boolean)
        .join(', '),
    new: 'neu',
    known: (changes) => `schon da: ${changes}`,
    addressChanges: (from, to) => `Adresse ändert sich von ${from} zu ${to}`,
    tagsChange: (from, to) => `Schlagwörter ändern sich von ${from} zu ${to}`,
    tokenGiven: (hint) => `bekommt das Token ${hint}`,
    results: { added: 'hinzugefügt', changed: 'geändert', same: 'schon da' },
    problems: {
      nameMissing: 'kein Name',
      nameWrong: 'der Name hat mehr als 100 Zeichen oder ein unsichtbares',
      urlMissing: 'keine Adresse',
      urlWrong: 'die Adresse hat nicht die Form http://host:port',
      tokenMissing: 'kein Token',
      mixedUp: 'Adresse und Token sind vertauscht: Die Adresse kommt zuerst',
      tokenWrong: 'das Token hat ein Leerzeichen oder ein Zeichen, das kein Token hat',
      tooManyTags: 'mehr als 16 Schlagwörter',
      noteLong: 'die Notiz hat mehr als 4.000 Zeichen',
      quoteOpen: 'ein Anführungszeichen ist nicht geschlossen',
      tooManyCells: 'mehr Spalten als im Kopf',
    },
    tagWrong: (tag) => `„${tag}“ ist zu lang für ein Schlagwort`,
    twice: (line) => `der Name ist an Zeile ${line} vergeben: dieser Zeile einen eigenen geben`,
    twicePasted: (line) =>
      `der Name ist an Zeile ${line} vergeben: einen eigenen davor setzen, etwa „web-2, muster://…“`,
    losesTls: (name) =>
      `${name} wird über TLS abgefragt, und diese Zeile nähme das weg: die muster://-Zeile einfügen oder unter Verwalten ändern`,
  },

  account: {
    signIn: 'Anmelden',
    username: 'Benutzername',
    password: 'Passwort',
    currentPassword: 'Bisheriges Passwort',
    newPassword: 'Neues Passwort',
    confirmPassword: 'Neues Passwort noch einmal',
    demand: 'Mindestens 8 Zeichen.',
    tooShort: 'Das neue Passwort braucht mindestens 8 Zeichen.',
    notEqual: 'Die beiden neuen Passwörter sind verschieden.',
    change: 'Passwort ändern',
    must: 'Dieser Server ist im Netz erreichbar, und alle kennen das voreingestellte Passwort. Zuerst ein anderes wählen.',
    othersEnd:
      'Alle anderen Sitzungen dieses Kontos enden. API-Tokens gelten weiter: unter Konto widerrufen.',
    back: 'Abbrechen',
    sessions: 'Sitzungen',
    sessionsHint: 'Wo dieses Konto angemeldet ist.',
    thisSession: 'diese hier',
    browserOn: (browser, system) => `${browser} auf ${system}`,
    unknownBrowser: 'unbekannter Browser',
    unknownAddress: 'unbekannte Adresse',
    lastUsed: 'zuletzt benutzt',
    inUse: 'gerade benutzt',
    end: 'Beenden',
    endNamed: (browser, address) => `Sitzung von ${browser}, ${address} beenden`,
    endOthers: 'Alle anderen beenden',
    ended: 'Die Sitzung ist beendet.',
    othersEnded: 'Alle anderen Sitzungen sind beendet.',
    tokens: 'API-Tokens',
    tokensHint:
      'Mit einem Token darf ein Programm, was dieses Konto darf, ohne dessen Passwort. Es gilt, bis es widerrufen wird.',
    noTokens: 'Noch keine Tokens.',
    tokenName: 'Name',
    tokenNamePlaceholder: 'Sicherungsskript',
    access: 'Zugriff',
    accessOf: { read: 'nur lesen', full: 'voll' },
    accessMeans: {
      read: 'Sieht, was dieses Konto sieht, und ändert nichts.',
      full: 'Ändert, was dieses Konto ändern darf, aber kein Konto, keine Sitzung, kein Token, kein Passwort.',
    },
    createToken: 'Token anlegen',
    creating: 'Legt an …',
    tokenNameMissing: 'Einen Namen eingeben, der sagt, wofür es ist.',
    tokenCreated: (name) => `Das Token ${name}`,
    tokenOnce: 'Es wird nur jetzt gezeigt. Dort aufbewahren, wo Geheimnisse liegen.',
    example: 'Zum Beispiel:',
    created: 'angelegt',
    neverUsed: 'nie benutzt',
    revoke: 'Widerrufen',
    revokeNamed: (name) => `${name} widerrufen`,
    revokeTitle: (name) => `${name} widerrufen?`,
    revokeSentence:
      'Programme, die es benutzen, werden dann abgewiesen. Es lässt sich nicht zurückholen.',
    revoked: (name) => `${name} ist widerrufen.`,
    copy: 'Kopieren',
    copied: 'Kopiert',
    loading: 'Lädt',
  },

  people: {
    title: 'Personen',
    accounts: 'Konten',
    viewer: 'Konten sehen und ändern nur Administratoren.',
    hint: 'Administratoren ändern alles. Betrachter sehen alle Rechner und ändern keinen.',
    roles: { administrator: 'Administrator', viewer: 'Betrachter' },
    you: 'dieses hier',
    defaultPassword: 'hat das voreingestellte Passwort',
    role: 'Rolle',
    username: 'Benutzername',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    newPasswordKeep: 'Leer lassen, um es zu behalten',
    passwordDemand: 'Mindestens 8 Zeichen',
    columns: {
      username: 'Benutzername',
      role: 'Rolle',
      used: 'Zuletzt gesehen',
      actions: 'Aktionen',
    },
    add: 'Konto hinzufügen',
    addButton: 'Hinzufügen',
    adding: 'Fügt hinzu …',
    added: (username) => `${username} ist hinzugefügt.`,
    change: 'Ändern',
    changeNamed: (username) => `${username} ändern`,
    changed: (username) => `${username} ist geändert.`,
    passwordEnds: 'Ein neues Passwort beendet alle Sitzungen dieses Kontos.',
    ownPassword: 'Das eigene Passwort ändern',
    ownRole: 'Als Betrachter lässt sich diese Seite nicht mehr öffnen.',
    save: 'Speichern',
    saving: 'Speichert …',
    cancel: 'Abbrechen',
    remove: 'Entfernen',
    removing: 'Entfernt …',
    removeNamed: (username) => `${username} entfernen`,
    removeTitle: (username) => `${username} entfernen?`,
    removeSentence:
      'Die Sitzungen des Kontos enden, seine API-Tokens gelten nicht mehr. Das lässt sich nicht rückgängig machen.',
    removed: (username) => `${username} ist entfernt.`,
    usernameMissing: 'Einen Benutzernamen eingeben.',
    passwordShort: 'Das Passwort braucht mindestens 8 Zeichen.',
    loading: 'Konten werden geladen',
  },

  audit: {
    title: 'Protokoll',
    viewer: 'Das Protokoll sehen nur Administratoren.',
    hint: 'Wer was getan hat, und von wo. Einträge bleiben ein Jahr.',
    search: 'Protokoll durchsuchen',
    download: 'Als CSV herunterladen',
    loading: 'Protokoll wird geladen',
    empty: 'Noch ist nichts vermerkt.',
    nothingFits: 'Kein Eintrag sagt das.',
    more: 'Frühere Einträge zeigen',
    columns: { time: 'Zeit', who: 'Wer', whence: 'Von wo', what: 'Was' },
    nobody: 'niemand angemeldet',
    operator: 'wer den Server betreibt',
    withToken: (name, token) => `${name}, mit dem Token ${token}`,
    commandLine: 'Kommandozeile',
    several: 'mehrere Adressen',
    name: 'Name',
    url: 'Adresse',
    fromTo: (what, from, to) => `${what} ${from} → ${to}`,
    changed: { token: 'Token', certificate: 'Zertifikat', tags: 'Schlagwörter', note: 'Notiz' },
    access: { read: 'nur lesen', full: 'voller Zugriff' },
    answered: 'ein Agent antwortete',
    moreFailed: (count) => `binnen einer Stunde ${count} weitere Anmeldungen gescheitert`,
    deeds: {
      signed_in: () => 'angemeldet',
      sign_in_failed: (name) => `Anmeldung als ${name} gescheitert`,
      signed_out: () => 'abgemeldet',
      password_changed: () => 'eigenes Passwort geändert',
      password_set: (name) => `Passwort von ${name} gesetzt`,
      account_added: (name) => `Konto ${name} hinzugefügt`,
      role_changed: (name) => `Rolle von ${name} geändert`,
      account_removed: (name) => `Konto ${name} entfernt`,
      session_ended: (address) => `eigene Sitzung beendet, begonnen von ${address}`,
      other_sessions_ended: () => 'alle anderen eigenen Sitzungen beendet',
      token_made: (name) => `API-Token ${name} erzeugt`,
      token_revoked: (name) => `API-Token ${name} widerrufen`,
      computer_added: (name) => `Rechner ${name} hinzugefügt`,
      computer_changed: (name) => `Rechner ${name} geändert`,
      computer_removed: (name) => `Rechner ${name} entfernt`,
      computer_restored: (name) => `Rechner ${name} zurückgeholt`,
      connection_tested: (address) => `Verbindung zu ${address} getestet`,
    },
  },

  keys: {
    title: 'Tasten',
    close: 'Schließen',
    everywhere: 'Überall',
    inList: 'In einer Liste von Rechnern',
    onComputer: 'Auf der Seite eines Rechners',
    search: 'Suchen',
    next: 'Nächster Rechner',
    previous: 'Voriger Rechner',
    open: 'Öffnen',
    view: 'Tabelle oder Karten',
    group: 'Nach Schlagwort gruppieren, oder nicht',
    sort: 'Reihenfolge wählen',
    up: 'Zurück zu den Rechnern',
    clear: 'Suche verlassen, Offenes schließen',
    moment: 'Fadenkreuz bewegen (wenn die Kurven den Fokus haben)',
    earlierLater: 'Früher, später',
    before: 'Die Woche davor zeigen',
    closer: 'Näher hinsehen, wie durch Ziehen über eine Kurve; Esc führt zurück',
    theme: 'Farben wechseln',
    help: 'Diese Liste',
  },
};
