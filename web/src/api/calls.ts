// Every API route that the pages use.

import { language } from '../text';
import { get, send } from './client';
import type * as api from './types';

export interface ComputerFields {
  name: string;
  url: string;
  token: string;
  /** Empty for no particular note. */
  tls_sha256?: string;
  tags?: string[];
  note?: string;
}

export const session = () => get<api.Session>('api/session');
export const overview = () => get<api.Overview>('api/overview');
/** CPU use, of at most 100 computers. */
export const sparklines = (ids: readonly number[]) =>
  get<api.Sparklines>(`api/sparklines?ids=${ids.join()}`);
export const computer = (id: number) => get<api.ComputerDetail>(`api/computers/${id}`);
export const processes = (id: number) => get<api.Processes>(`api/computers/${id}/processes`);
/** Polled each second; returns the values later than `after_ms`. */
export const fetchCloseUp = (id: number, after_ms: number | null) =>
  get<api.Now>(`api/now/${id}${after_ms === null ? '' : `?after=${after_ms}`}`);
/** With the labels in the reader's language. */
export async function seriesList(id: number): Promise<api.SeriesList> {
  const list = await get<api.LabelledSeries>(`api/series/${id}`);
  const series = list.series.map(({ labels, ...one }) => ({
    ...one,
    label: labels[language] ?? one.label,
  }));
  return { ...list, series };
}

export const storage = () => get<api.Storage>('api/storage');

export interface HistoryQuery {
  from_s: number;
  to_s: number;
  points: number;
  series: readonly string[];
}

export function history(id: number, { from_s, to_s, points, series }: HistoryQuery) {
  const names = series.map(encodeURIComponent).join(',');
  return get<api.History>(
    `api/history/${id}?from=${from_s}&to=${to_s}&points=${points}&series=${names}`,
  );
}

export const completeness = (id: number, from_s: number, to_s: number) =>
  get<api.Completeness>(`api/completeness/${id}?from=${from_s}&to=${to_s}`);

export const addComputer = (fields: ComputerFields) =>
  send<{ message: string; id: number }>('POST', 'api/computers', fields);
/** Idempotent: the same request again changes nothing. */
export const putComputer = ({ name, ...fields }: ComputerFields) =>
  send<api.Put>('PUT', `api/computers/${encodeURIComponent(name)}`, fields);
export const changeComputer = (id: number, fields: Partial<ComputerFields>) =>
  send<{ message: string }>('PATCH', `api/computers/${id}`, fields);
export const removeComputer = (id: number) =>
  send<{ message: string }>('DELETE', `api/computers/${id}`);
export const removedComputers = () => get<api.Removed[]>('api/removed_computers');
export const restoreComputer = (id: number) =>
  send<{ message: string }>('POST', `api/computers/${id}/restore`, {});
/** With an id and without a token, the server tests with the stored token. */
export const testConnection = (what: { id?: number } & Partial<ComputerFields>) =>
  send<api.ConnectionTest>('POST', 'api/test_connection', what);

export const ownSessions = () => get<{ sessions: api.OwnSession[] }>('api/sessions');
export const endSession = (id: string) =>
  send<{ message: string }>('DELETE', `api/sessions/${encodeURIComponent(id)}`);
export const endOtherSessions = () => send<{ message: string }>('DELETE', 'api/sessions');

export const tokens = () => get<{ tokens: api.ApiToken[] }>('api/tokens');
export const addToken = (fields: { name: string; access: api.TokenAccess }) =>
  send<api.NewToken>('POST', 'api/tokens', fields);
export const revokeToken = (id: number) => send<{ message: string }>('DELETE', `api/tokens/${id}`);

export const accounts = () => get<{ accounts: api.Account[] }>('api/accounts');
export const addAccount = (fields: { username: string; password: string; role: api.Role }) =>
  send<{ id: number; message: string }>('POST', 'api/accounts', fields);
export const changeAccount = (id: number, fields: { role?: api.Role; password?: string }) =>
  send<{ message: string }>('PATCH', `api/accounts/${id}`, fields);
export const removeAccount = (id: number) =>
  send<{ message: string }>('DELETE', `api/accounts/${id}`);

/** Newest first: the entries before `before` that contain `q` in any column. */
export const audit = (before: number | null, limit: number, q: string) =>
  get<{ entries: api.AuditEntry[] }>(
    `api/audit?limit=${limit}${before === null ? '' : `&before=${before}`}${
      q ? `&q=${encodeURIComponent(q)}` : ''
    }`,
  );
