// What the server says, in German. It speaks English, to logs and scripts as well; a sentence that
// is not here is shown as it came.

const sentences: Record<string, string> = {
  // Why a computer does not answer
  'connection refused': 'Verbindung abgelehnt',
  'no route to the computer': 'kein Weg zum Rechner',
  'no answer within 10 s': 'keine Antwort binnen 10 s',
  'answered more than 1 MiB': 'Antwort größer als 1 MiB',
  'wrong token': 'falsches Token',
  'answered 400 Bad Request: an agent that answers TLS alone does so where its address begins with http:// (its muster:// line has the right one)':
    'Antwort 400 Bad Request: So antwortet ein Agent, der nur TLS spricht, auf eine Adresse mit http:// (seine muster://-Zeile hat die richtige)',
  'answered 404 Not Found: something else than an agent listens at this address':
    'Antwort 404 Not Found: Unter dieser Adresse lauscht etwas anderes als ein Agent',
  'answered 500 Internal Server Error: the FastAPI client does so for a wrong token':
    'Antwort 500 Internal Server Error: So antwortet der FastAPI-Client auf ein falsches Token',
  'what listens there does not speak HTTP': 'was dort lauscht, spricht kein HTTP',
  'what listens there does not speak TLS: try http:// in place of https://':
    'was dort lauscht, spricht kein TLS: http:// statt https:// versuchen',
  'its certificate changed': 'das Zertifikat hat sich geändert',
  'its certificate has expired': 'das Zertifikat ist abgelaufen',
  'its certificate is for another name than the one in the address':
    'das Zertifikat gilt für einen anderen Namen als den in der Adresse',
  'The muster:// line is incomplete: copy the whole line that the agent printed, with token= and sha256=':
    'Die Zeile muster:// ist nicht vollständig: ganz kopieren, mit token= und sha256=, wie der Agent sie ausgab.',
  'A SHA-256 fingerprint must have 64 hexadecimal digits':
    'Der SHA-256 eines Zertifikats hat 64 hexadezimale Ziffern.',
  'A certificate can only be pinned if the address starts with https://':
    'Ein Zertifikat lässt sich nur für eine Adresse anheften, die mit https:// beginnt.',
  'not called: only its history was left in the database':
    'nicht mehr abgefragt: Nur der Verlauf ist noch in der Datenbank',
  // Why samples are missing
  'not yet added': 'noch nicht hinzugefügt',
  'the server was not running': 'der Server lief nicht',
  'what is stored of this time is damaged: see `muster verify`':
    'was davon gespeichert ist, ist beschädigt: siehe `muster verify`',
  'no answer was stored, and nobody knows why': 'keine Antwort gespeichert, Grund unbekannt',
  'this server could not see': 'dieser Server sah nichts',
  'it was removed, and brought back later': 'er war entfernt und wurde später zurückgeholt',
  // Why a computer was away
  rebooted: 'neu gestartet',
  'rebooted, cleanly': 'neu gestartet, nach geordnetem Herunterfahren',
  'rebooted, uncleanly': 'neu gestartet, ohne geordnetes Herunterfahren',
  'the agent was stopped, and started again': 'der Agent wurde beendet und wieder gestartet',
  'the agent crashed or was killed': 'der Agent ist abgestürzt oder wurde gewaltsam beendet',
  'the agent was started anew': 'der Agent wurde neu gestartet',
  // Signing in
  'Wrong user name or password.': 'Benutzername oder Passwort falsch.',
  'The two new passwords differ.': 'Die beiden neuen Passwörter sind verschieden.',
  'The current password is wrong.': 'Das bisherige Passwort ist falsch.',
  'The new password must have at least 8 characters.':
    'Das neue Passwort braucht mindestens 8 Zeichen.',
  'The new password must have at most 1,024 bytes.':
    'Das neue Passwort darf höchstens 1.024 Bytes haben.',
  'The new password must not be the default one.':
    'Das neue Passwort darf nicht das voreingestellte sein.',
  'Too many people are signing in at once. Try again in a few seconds.':
    'Zu viele Anmeldungen auf einmal. In ein paar Sekunden noch einmal versuchen.',
  'Sign in first.': 'Erst anmelden.',
  'Another site asked to sign you out. Sign out on the dashboard itself.':
    'Eine andere Seite wollte abmelden. Das geht nur in Muster selbst.',
  'This account has the default password: change it first, at /change_password.':
    'Dieses Konto hat das voreingestellte Passwort: zuerst unter /change_password ein anderes wählen.',
  'The password was changed in the meantime: sign in again.':
    'Das Passwort wurde inzwischen geändert: neu anmelden.',
  // Accounts
  'An API token cannot do this: sign in with a browser.':
    'Das darf kein Token: im Browser anmelden.',
  'Only an administrator may do this.': 'Das dürfen nur Administratoren.',
  'A user name must have 1 to 64 visible characters.':
    'Ein Benutzername hat 1 bis 64 Zeichen, keines davon unsichtbar.',
  'This is the last administrator: make another account administrator first.':
    'Das ist der letzte Administrator: erst ein anderes Konto zum Administrator machen.',
  'There is no such account.': 'Dieses Konto gibt es nicht.',
  'This session has already ended.': 'Diese Sitzung ist bereits beendet.',
  'This token no longer exists.': 'Dieses Token gibt es nicht mehr.',
  'There are 100 tokens already: revoke one that is no longer used.':
    'Es gibt schon 100 Tokens: eines widerrufen, das nicht mehr gebraucht wird.',
  // Computers
  'The name must have 1 to 100 visible characters, and must not be "." or "..".':
    'Ein Name hat 1 bis 100 Zeichen, keines davon unsichtbar, und ist nicht . oder ..',
  'The address must look like http://host:port':
    'Die Adresse muss die Form http://host:port haben.',
  'The address must start with http:// or https://':
    'Die Adresse muss mit http:// oder https:// beginnen.',
  'The address may have a host, a port and a path, but no user, no ?query and no #fragment':
    'Die Adresse besteht aus Host, Port und vielleicht einem Pfad, ohne Benutzer, ?query und #fragment.',
  'The address is longer than 2,048 characters': 'Die Adresse ist länger als 2.048 Zeichen.',
  'The token must have 1 to 512 printable ASCII characters, and no spaces':
    'Ein Token hat 1 bis 512 druckbare ASCII-Zeichen, keines davon ein Leerzeichen.',
  'A note must have at most 4,000 characters, and no invisible ones except tabs and line breaks.':
    'Eine Notiz hat höchstens 4.000 Zeichen, keines davon unsichtbar außer Tabulatoren und Zeilenenden.',
  'A computer can have at most 16 tags.': 'Ein Rechner hat höchstens 16 Schlagwörter.',
  "The new address has another host or port, or no TLS: give its agent's token too.":
    'Die Adresse hat einen anderen Host oder Port, oder kein TLS: auch das Token des Agenten dort eingeben.',
  'answered something that is not system information': 'Antwort ohne Systeminformationen',
  'the connection broke': 'Verbindung abgebrochen',
  'Computer not found': 'Diesen Rechner gibt es nicht.',
  // What is drawn
  Memory: 'Speicher',
  Disk: 'Platte',
  'Memory, size': 'Speicher, Größe',
  'Memory, used': 'Speicher, belegt',
  'Disk, size': 'Platte, Größe',
  'Disk, used': 'Platte, belegt',
  'Network, sent in all': 'Netz, insgesamt gesendet',
  'Network, received in all': 'Netz, insgesamt empfangen',
  'Network, sent': 'Netz, gesendet',
  'Network, received': 'Netz, empfangen',
  Uptime: 'Laufzeit',
  'Load, 1 minute': 'Last, 1 Minute',
  'Load, 5 minutes': 'Last, 5 Minuten',
  'Load, 15 minutes': 'Last, 15 Minuten',
  'Swap, size': 'Swap, Größe',
  'Swap, used': 'Swap, belegt',
  'CPU core': 'CPU-Kern',
  Size: 'Größe',
  Used: 'Belegt',
  Free: 'Frei',
  'Sent in all': 'Insgesamt gesendet',
  'Received in all': 'Insgesamt empfangen',
  // The server
  'the disk of the database is nearly full: samples wait in memory while there is room for them':
    'Der Datenträger der Datenbank ist fast voll: Messwerte warten im Speicher, solange dort Platz ist.',
  'the database cannot be written: samples wait in memory; the log says why':
    'Die Datenbank lässt sich nicht schreiben: Messwerte warten im Speicher. Näheres steht im Log.',
  'The server failed. Its log says why.': 'Im Server trat ein Fehler auf. Näheres steht im Log.',
  'This took longer than 30 s. Try again, or ask for less.':
    'Das dauerte länger als 30 s. Noch einmal versuchen, oder weniger abfragen.',
  'This change was sent from another site. Open the dashboard itself and try again.':
    'Diese Änderung kam von einer anderen Seite. Muster selbst öffnen und noch einmal versuchen.',
};

type Pattern = [RegExp, (...parts: string[]) => string];

const patterns: Pattern[] = [
  [/^no connection within (\d+) s$/, (seconds) => `keine Verbindung binnen ${seconds} s`],
  [/^the name "(.+)" could not be resolved$/, (name) => `der Name „${name}“ ist nicht auflösbar`],
  [
    /^this server could not see: (\d+) of (\d+) computers failed at once$/,
    (failing, all) =>
      `dieser Server sah nichts: ${failing} von ${all} Rechnern antworteten auf einmal nicht`,
  ],
  // What was seen before is told after what happened, part by part.
  [
    /^(rebooted(?:, (?:un)?cleanly)?|the agent crashed or was killed); (.+)$/s,
    (what, seen) => `${said(what)}; ${said(seen)}`,
  ],
  [
    /^memory was at (\d+) % before(?:; (.+))?$/s,
    (percent, more) => `Speicher davor zu ${percent}\u00a0% belegt${more ? `; ${said(more)}` : ''}`,
  ],
  [/^busiest process (.+)$/s, (name) => `aktivster Prozess ${name}`],
  [
    /^the computer ran on, the network failed: (.+)$/s,
    (why) => `der Rechner lief weiter, das Netz fiel aus: ${said(why)}`,
  ],
  [/^could not connect: (.+)$/s, (why) => `keine Verbindung: ${said(why)}`],
  [/^TLS failed: (.+)$/s, (why) => `TLS gescheitert: ${said(why)}`],
  [
    /^its certificate changed: expected SHA-256 (\S+), found (\S+); if the agent was set up anew, take the new one over, else somebody may be intercepting the connection$/,
    (expected, found) =>
      `das Zertifikat hat sich geändert: erwartet SHA-256 ${expected}, gefunden ${found}; wurde der Agent neu eingerichtet, das neue übernehmen, sonst hört womöglich jemand die Verbindung ab`,
  ],
  [/^the connection broke: (.+)$/s, (why) => `Verbindung abgebrochen: ${said(why)}`],
  [
    /^its certificate is not trusted by this server's operating system \((.+)\)$/s,
    (why) => `das Betriebssystem des Servers vertraut dem Zertifikat nicht (${why})`,
  ],
  [
    /^answered (\d{3}.*): redirects are not followed, give the address they lead to$/,
    (status) =>
      `Antwort ${status}: Umleitungen wird nicht gefolgt, die Adresse angeben, zu der sie führen`,
  ],
  [
    /^answered something that is not system information: (.+)$/s,
    (why) => `Antwort ohne Systeminformationen: ${why}`,
  ],
  [
    /^this server may not connect to (\S+) \(--deny-targets\)$/,
    (address) => `dieser Server darf sich nicht mit ${address} verbinden (--deny-targets)`,
  ],
  [
    /^Too many connection tests: (\d+) a minute for one account, (\d+) for all together\. Try again in (\d+) s\.$/,
    (own, all, wait) =>
      `Zu viele Tests: ${own} je Minute für ein Konto, ${all} für alle zusammen. In ${wait} s noch einmal versuchen.`,
  ],
  [/^answered (\d{3}.*)$/, (status) => `Antwort ${status}`],
  [
    /^"(.*)" is not a valid tag: 1 to 32 visible characters, no commas\.$/s,
    (tag) =>
      `Ein Schlagwort hat 1 bis 32 Zeichen, kein Komma und kein unsichtbares: nicht „${tag}“.`,
  ],
  [/^The name "(.+)" is taken\.$/, (name) => `Der Name „${name}“ ist vergeben.`],
  [
    /^Too many failed attempts\. Try again in (\d+) min\.$/,
    (minutes) => `Zu viele Fehlversuche. In ${minutes} min noch einmal versuchen.`,
  ],
];

export function said(sentence: string): string {
  if (Object.hasOwn(sentences, sentence)) return sentences[sentence]!;
  for (const [pattern, inGerman] of patterns) {
    const match = pattern.exec(sentence);
    if (match) return inGerman(...match.slice(1));
  }
  return sentence;
}
