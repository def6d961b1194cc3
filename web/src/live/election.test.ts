import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Election, leaderTimeout_ms, type Word } from './election';

/** Tabs of one browser, and the channel between them. */
class Browser {
  tabs = new Map<string, Tab>();

  open(id: string): Tab {
    const tab = new Tab(id, this);
    this.tabs.set(id, tab);
    tab.election.join();
    return tab;
  }

  /** Delivers to everybody but the sender, a moment later. */
  carry(word: Word): void {
    for (const tab of this.tabs.values())
      if (tab.id !== word.from)
        setTimeout(() => {
          if (!tab.isFrozen) tab.election.hear(word);
        }, 1);
  }

  get leaders(): string[] {
    return [...this.tabs.values()].filter(({ isLeading }) => isLeading).map(({ id }) => id);
  }
}

class Tab {
  election: Election;
  isFrozen = false;
  isLeading = false;
  led = 0;

  constructor(
    readonly id: string,
    browser: Browser,
  ) {
    this.election = new Election({
      id,
      say: (word) => !this.isFrozen && browser.carry(word),
      lead: () => {
        this.isLeading = true;
        this.led += 1;
      },
      follow: () => (this.isLeading = false),
    });
  }

  hide(): void {
    this.isLeading = false;
    this.election.leave();
  }
}

describe('leadership among tabs', () => {
  let browser: Browser;

  beforeEach(() => {
    vi.useFakeTimers();
    browser = new Browser();
  });
  afterEach(() => vi.useRealTimers());

  it('goes to a lone tab within half a second', () => {
    browser.open('a');
    vi.advanceTimersByTime(500);
    expect(browser.leaders).toEqual(['a']);
  });

  it('goes to one tab when several open at once', () => {
    for (const id of ['d', 'b', 'a', 'c', 'g', 'f', 'e']) browser.open(id);
    vi.advanceTimersByTime(1_000);
    expect(browser.leaders).toEqual(['a']);
    vi.advanceTimersByTime(60_000);
    expect(browser.leaders).toEqual(['a']);
    expect([...browser.tabs.values()].reduce((sum, { led }) => sum + led, 0)).toBe(1);
  });

  it('stays where it is when another tab comes', () => {
    browser.open('b');
    vi.advanceTimersByTime(1_000);
    browser.open('a');
    vi.advanceTimersByTime(10_000);
    expect(browser.leaders).toEqual(['b']);
  });

  it('passes immediately from a hidden tab to one other', () => {
    const a = browser.open('a');
    vi.advanceTimersByTime(1_000);
    for (const id of ['b', 'c']) browser.open(id);
    vi.advanceTimersByTime(1_000);
    a.hide();
    expect(browser.leaders).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(browser.leaders).toEqual(['b']);
    a.election.join();
    vi.advanceTimersByTime(2_000);
    expect(browser.leaders).toEqual(['b']);
  });

  it('passes on from a tab that died', () => {
    const a = browser.open('a');
    browser.open('b');
    vi.advanceTimersByTime(1_000);
    expect(browser.leaders).toEqual(['a']);
    a.isFrozen = true;
    a.isLeading = false;
    browser.tabs.delete('a');
    vi.advanceTimersByTime(leaderTimeout_ms + 500);
    expect(browser.leaders).toEqual(['b']);
  });

  it('is given up by one of two leaders after a pause', () => {
    const b = browser.open('b');
    vi.advanceTimersByTime(1_000);
    b.isFrozen = true;
    browser.open('a');
    vi.advanceTimersByTime(1_000);
    expect(browser.leaders).toEqual(['b', 'a']);
    b.isFrozen = false;
    vi.advanceTimersByTime(1_500);
    expect(browser.leaders).toEqual(['a']);
  });

  it('is nobody’s while none is in sight', () => {
    const tabs = ['a', 'b'].map((id) => browser.open(id));
    vi.advanceTimersByTime(1_000);
    for (const tab of tabs) tab.hide();
    vi.advanceTimersByTime(60_000);
    expect(browser.leaders).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
