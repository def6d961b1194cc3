// What is typed into the form of a computer, what is wrong with it, and what testing it found.

import * as calls from '../api/calls';
import { messageOf } from '../api/client';
import type { ConnectionTest, Row } from '../api/types';
import { text } from '../text';
import { normalAddress } from './address';

export type Activity = 'test' | 'send' | null;

export class ComputerForm {
  name = $state('');
  url = $state('');
  token = $state('');
  activity = $state<Activity>(null);
  failure = $state<string | null>(null);
  found = $state.raw<ConnectionTest | null>(null);
  /** Not yet shown: the first field takes focus, once. */
  fresh = true;
  /** The computer that is changed; null where one is added. */
  readonly row: Row | null;

  constructor(row: Row | null) {
    this.row = row;
    if (row) ({ name: this.name, url: this.url } = row);
  }

  /** What stands in the way of testing, and with `named` of sending; null where nothing does. */
  #objection(named: boolean): string | null {
    if (named && this.name.trim() === '') return text.manage.nameMissing;
    if (this.url.trim() === '') return text.manage.addressMissing;
    if (normalAddress(this.url) === null) return text.manage.addressWrong;
    if (this.row === null && this.token.trim() === '') return text.manage.tokenMissing;
    return null;
  }

  async #during(activity: Activity, named: boolean, act: () => Promise<void>): Promise<boolean> {
    this.failure = this.#objection(named);
    if (this.failure !== null || this.activity !== null) return false;
    this.url = normalAddress(this.url)!;
    this.activity = activity;
    try {
      await act();
      return true;
    } catch (error) {
      this.failure = messageOf(error);
      return false;
    } finally {
      this.activity = null;
    }
  }

  async test(): Promise<void> {
    this.found = null;
    await this.#during('test', false, async () => {
      const token = this.token.trim();
      const where = { url: this.url, ...(token ? { token } : {}) };
      const found = await calls.testConnection(this.row ? { id: this.row.id, ...where } : where);
      this.found = found;
      if (found.ok && this.name.trim() === '') this.name = found.hostname ?? '';
    });
  }

  /** Adds or changes the computer, and tells whether that was done. */
  send(): Promise<boolean> {
    return this.#during('send', true, async () => {
      const token = this.token.trim();
      const fields = { name: this.name.trim(), url: this.url };
      if (this.row === null) await calls.addComputer({ ...fields, token });
      else await calls.changeComputer(this.row.id, { ...fields, ...(token ? { token } : {}) });
    });
  }
}
