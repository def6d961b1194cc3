// Audit entries in words.

import type { AuditChange, AuditEntry } from '../api/types';
import { text } from '../text';
import { reasonInWords } from '../text/reasons';

const deeds: Record<string, (subject: string) => string> = text.audit.deeds;

const changed = (what: string, { from, to }: AuditChange): string =>
  from === undefined ? `${what} ${to}` : text.audit.fromTo(what, from, to);

/** The details next to the action; unknown ones from a newer server are left out. */
function details({ detail }: AuditEntry): string[] {
  if (!detail) return [];
  const { role, access, result, result_code = null, result_params = {}, name, url } = detail;
  const failed = { reason: result ?? null, reason_code: result_code, reason_params: result_params };
  const others: Record<string, string> = text.audit.changed;
  return [
    ...(role ? [(text.people.roles as Record<string, string>)[role] ?? role] : []),
    ...(access ? [(text.audit.access as Record<string, string>)[access] ?? access] : []),
    ...(name ? [changed(text.audit.name, name)] : []),
    ...(url ? [changed(text.audit.url, url)] : []),
    ...(detail.changed ?? []).map((what) => others[what] ?? what),
    ...(result === 'ok' ? [text.audit.answered] : []),
    ...(result && result !== 'ok' ? [reasonInWords(failed) ?? result] : []),
  ];
}

export function describeEntry(entry: AuditEntry): string {
  const { action, subject, detail } = entry;
  if (action === 'sign_in_failed' && detail?.count) return text.audit.moreFailed(detail.count);
  const deed = Object.hasOwn(deeds, action) ? deeds[action] : undefined;
  const said = deed ? deed(subject ?? '') : [action, subject].filter(Boolean).join(' ');
  const more = details(entry);
  return more.length > 0 ? `${said}: ${more.join(', ')}` : said;
}

const byCommand = ({ address }: AuditEntry): boolean => address === 'command line';

export const formatActor = (entry: AuditEntry): string => {
  const { account, token } = entry;
  const name = account ?? (byCommand(entry) ? text.audit.operator : text.audit.nobody);
  return token === null ? name : text.audit.withToken(name, token);
};

export const formatOrigin = (entry: AuditEntry): string =>
  byCommand(entry) ? text.audit.commandLine : (entry.address ?? text.audit.several);
