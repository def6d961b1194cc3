// Names the browser and system of a user agent. Order matters, since nearly every browser also
// claims to be older ones.

const browsers: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPiOS)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
  [/\bChromium\//, 'Chromium'],
  [/\bVersion\/\S+ .*\bSafari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
  [/\b(FreeBSD|OpenBSD|NetBSD)\b/, 'BSD'],
];

const first = (known: [RegExp, string][], agent: string): string | null =>
  known.find(([pattern]) => pattern.test(agent))?.[1] ?? null;

export interface Browser {
  /** Null if unknown. */
  name: string | null;
  system: string | null;
}

export function parseUserAgent(agent: string | null): Browser {
  if (!agent) return { name: null, system: null };
  // Programs send their name and version first: "curl/8.5.0".
  const program = /^(?!Mozilla\/)([A-Za-z][\w.-]{0,39})\//.exec(agent)?.[1] ?? null;
  return { name: first(browsers, agent) ?? program, system: first(systems, agent) };
}
