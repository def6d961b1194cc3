import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../api/types';
import { describeEntry, formatOrigin, formatActor } from './words';

const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
  id: 1,
  at_ms: 0,
  account: 'ada',
  token: null,
  address: '192.0.2.7',
  action: 'signed_in',
  subject: null,
  detail: null,
  ...fields,
});

describe('an entry of the audit log', () => {
  it('is described in words', () => {
    expect(describeEntry(entry({}))).toBe('signed in');
    const changed = entry({
      action: 'computer_changed',
      subject: 'box',
      detail: { url: { from: 'http://a', to: 'http://b' }, changed: ['token', 'new thing'] },
    });
    expect(describeEntry(changed)).toBe(
      'changed the computer box: address http://a → http://b, token, new thing',
    );
    const role = { action: 'role_changed', subject: 'eve', detail: { role: 'viewer' } };
    expect(describeEntry(entry(role))).toBe('gave eve another role: Viewer');
    const tested = { action: 'connection_tested', subject: 'http://a', detail: { result: 'ok' } };
    expect(describeEntry(entry(tested))).toBe(
      'tested the connection to http://a: an agent answered',
    );
    const failed = (detail: AuditEntry['detail']) => describeEntry(entry({ ...tested, detail }));
    expect(
      failed({
        result: 'as the server says it',
        result_code: 'connect_timeout',
        result_params: { seconds: 5 },
      }),
    ).toBe('tested the connection to http://a: no connection within 5 s');
    expect(failed({ result: 'of an earlier version' })).toMatch(/: of an earlier version$/);
    const many = { action: 'sign_in_failed', detail: { count: 25 } };
    expect(describeEntry(entry(many))).toBe('failed to sign in 25 more times within an hour');
  });

  it('is shown unchanged if the action is unknown', () => {
    expect(describeEntry(entry({ action: 'constructor', subject: 'x' }))).toBe('constructor x');
  });

  it('shows who acted and from where', () => {
    expect(formatActor(entry({ token: 'backup' }))).toBe('ada, with the token backup');
    expect(formatActor(entry({ account: null }))).toBe('nobody signed in');
    const command = entry({ account: null, address: 'command line' });
    expect(formatActor(command)).toBe('who runs the server');
    expect(formatOrigin(entry({ address: 'command line' }))).toBe('the command line');
    expect(formatOrigin(entry({ address: null }))).toBe('several addresses');
  });
});
