import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/client';
import type { ComputerFields } from '../../api/calls';
import { parseComputers, type Line } from './parse';
import { Sending } from './sending.svelte';

function lines(text: string): Line[] {
  const parsed = parseComputers(text);
  return parsed.isTooLarge ? [] : parsed.lines;
}

const three = 'a,x:1,t\nb,x:1,t,db\nc,x:1,t,,note';
const put = { id: 1, is_new: true, is_changed: false };

describe('sending', () => {
  it('sends one line after another and records each result', async () => {
    const asked: ComputerFields[] = [];
    const answers = [put, { ...put, is_new: false }, { ...put, is_new: false, is_changed: true }];
    const sending = new Sending(lines(three), async (fields) => {
      asked.push(fields);
      return answers[asked.length - 1]!;
    });
    await sending.run();
    expect(asked).toEqual([
      { name: 'a', url: 'http://x:1', token: 't' },
      { name: 'b', url: 'http://x:1', token: 't', tags: ['db'] },
      { name: 'c', url: 'http://x:1', token: 't', tags: [], note: 'note' },
    ]);
    expect([...sending.results.values()].map(({ kind }) => kind)).toEqual([
      'added',
      'same',
      'changed',
    ]);
    expect(sending.isDone).toBe(true);
  });

  it('continues after a refused line and retries only that one', async () => {
    const asked: string[] = [];
    const sending = new Sending(lines(three), async ({ name }) => {
      asked.push(name);
      if (name === 'b' && asked.length === 2) throw new ApiError('No.', 400);
      return put;
    });
    await sending.run();
    expect(sending.counts).toEqual({ added: 2, changed: 0, same: 0, failed: 1 });
    expect(sending.results.get(2)).toEqual({ kind: 'failed', sentence: 'No.' });
    await sending.retry();
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    expect(sending.counts.failed).toBe(0);
  });

  it('stops when every line would fail, and resumes there', async () => {
    const asked: string[] = [];
    const sending = new Sending(lines(three), async ({ name }) => {
      asked.push(name);
      if (asked.length === 2) throw new ApiError('Nobody there.', 0);
      return put;
    });
    await sending.run();
    expect(sending.stopped).toBe('Nobody there.');
    expect(sending.isDone).toBe(false);
    await sending.run();
    expect(asked).toEqual(['a', 'b', 'b', 'c']);
    expect(sending.isDone).toBe(true);
  });

  it('stops on request', async () => {
    const sending: Sending = new Sending(lines(three), async () => {
      sending.halt();
      return put;
    });
    await sending.run();
    expect(sending.results.size).toBe(1);
  });
});
