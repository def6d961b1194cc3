// The input of a computer's form, its problems, and the result of the connection test.

import * as calls from '../api/calls';
import { ApiError, errorMessage } from '../api/client';
import type { ConnectionTest, Row } from '../api/types';
import { fleet } from '../fleet/fleet.svelte';
import { text } from '../text';
import { parseAgentLine, isSha256, normalizeAddress, sameHost } from './address';
import { findFreeName } from './names';
import { tagsInUse } from './tags';

const longestNote = 4_000;

export type Activity = 'test' | 'send' | null;

type FieldName = 'url' | 'token' | 'tls_sha256' | 'name' | 'note';

interface Objection {
  field: FieldName;
  sentence: string;
}

export class ComputerForm {
  name = $state('');
  url = $state('');
  token = $state('');
  /** The pinned certificate, for addresses that use TLS. */
  pin = $state('');
  tags = $state.raw<string[]>([]);
  note = $state('');
  /** The note arrives with the computer's other details when its form opens. */
  noteState = $state<'known' | 'loading' | 'failed'>('known');
  activity = $state<Activity>(null);
  failure = $state<string | null>(null);
  /** The field that needs correction, if it is a single one. */
  objected = $state<FieldName | null>(null);
  #found = $state.raw<{ test: ConnectionTest; where: string } | null>(null);
  /** Not shown yet: the first field receives focus, once. */
  fresh = true;
  /** The computer being changed; null when adding one. */
  readonly row: Row | null;
  #storedNote = '';
  #storedPin = '';

  constructor(row: Row | null) {
    this.row = row;
    if (!row) return;
    ({ name: this.name, url: this.url, tags: this.tags } = row);
    this.noteState = 'loading';
    calls.computer(row.id).then(
      ({ note, tls_sha256 }) => {
        this.#storedNote = this.note = note;
        this.#storedPin = tls_sha256 ?? '';
        // Keeps a certificate pasted in the meantime.
        if (this.pin === '') this.pin = this.#storedPin;
        this.noteState = 'known';
      },
      () => (this.noteState = 'failed'),
    );
  }

  /** The result of the test, until a tested field changes. */
  get found(): ConnectionTest | null {
    return this.#found?.where === this.#where ? this.#found.test : null;
  }

  get #where(): string {
    const pin = this.hasCertificate ? this.pin.trim() : '';
    return [this.url.trim(), this.token.trim(), pin].join('\n');
  }

  get hasCertificate(): boolean {
    return /^https:\/\//i.test(this.url.trim());
  }

  /** Splits a pasted line into its parts, so that its token never stays in the address. */
  takeLine(): void {
    const line = parseAgentLine(this.url);
    if (line) ({ url: this.url, token: this.token, tls_sha256: this.pin } = line);
  }

  /** Pins the certificate that the test found, and tests again. */
  trust(tls_sha256: string): Promise<void> {
    this.pin = tls_sha256;
    return this.test();
  }

  /** The certificate, if it differs from the stored one. */
  #pinned(): { tls_sha256?: string } {
    const pin = this.hasCertificate ? this.pin.trim() : '';
    return pin === this.#storedPin ? {} : { tls_sha256: pin };
  }

  get knownTags(): string[] {
    return tagsInUse((fleet.entries ?? []).map(({ row }) => row));
  }

  /** The first field that prevents testing or, with `named`, sending. */
  #objection(named: boolean): Objection | null {
    const { addressMissing, addressWrong, tokenMissing, nameMissing } = text.manage;
    const without = (value: string) => value.trim() === '';
    if (without(this.url)) return { field: 'url', sentence: addressMissing };
    if (normalizeAddress(this.url) === null) return { field: 'url', sentence: addressWrong };
    if (this.row === null && without(this.token)) return { field: 'token', sentence: tokenMissing };
    if (this.hasCertificate && !without(this.pin) && !isSha256(this.pin.trim()))
      return { field: 'tls_sha256', sentence: text.certificate.wrong };
    if (named && without(this.name)) return { field: 'name', sentence: nameMissing };
    if (named && [...this.note].length > longestNote)
      return { field: 'note', sentence: text.manage.noteLong };
    return null;
  }

  #object(objection: Objection | null): void {
    this.objected = objection?.field ?? null;
    this.failure = objection?.sentence ?? null;
  }

  /**
   * A stored token is only valid for its own host; for another host the server requires the token
   * again.
   */
  #wantsToken(error: unknown): boolean {
    if (!(error instanceof ApiError) || error.status !== 400 || this.row === null) return false;
    return this.token.trim() === '' && !sameHost(this.url, this.row.url);
  }

  async #during(activity: Activity, named: boolean, act: () => Promise<void>): Promise<boolean> {
    if (this.activity !== null) return false;
    this.takeLine();
    this.#object(this.#objection(named));
    if (this.failure !== null) return false;
    this.url = normalizeAddress(this.url)!;
    this.activity = activity;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = errorMessage(error);
      if (this.#wantsToken(error)) this.objected = 'token';
      return false;
    } finally {
      this.activity = null;
    }
  }

  #otherNames(): string[] {
    const rows = (fleet.entries ?? []).map(({ row }) => row);
    return rows.filter(({ id }) => id !== this.row?.id).map(({ name }) => name);
  }

  async test(): Promise<void> {
    this.#found = null;
    await this.#during('test', false, async () => {
      const token = this.token.trim();
      const where = { url: this.url, ...(token ? { token } : {}), ...this.#pinned() };
      const tested = this.#where;
      const found = await calls.testConnection(this.row ? { id: this.row.id, ...where } : where);
      this.#found = { test: found, where: tested };
      if (found.ok && this.name.trim() === '')
        this.name = findFreeName(found.hostname ?? '', this.#otherNames());
    });
  }

  /** Adds or changes the computer; returns whether it succeeded. */
  send(): Promise<boolean> {
    return this.#during('send', true, async () => {
      const token = this.token.trim();
      const fields = {
        name: this.name.trim(),
        url: this.url,
        tags: this.tags,
        ...this.#pinned(),
      };
      if (this.row === null) await calls.addComputer({ ...fields, token, note: this.note });
      else
        await calls.changeComputer(this.row.id, {
          ...fields,
          ...(token ? { token } : {}),
          // Fields not changed here may have been changed elsewhere in the meantime.
          ...(this.note === this.#storedNote ? {} : { note: this.note }),
        });
    });
  }
}
