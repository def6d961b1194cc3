// The current page, kept in the address through the History API. Links are plain <a href> below
// <base>; the router handles a click, and opening in a new tab still works.

import { tick } from 'svelte';
import { pathBelow, parseRoute, type Route } from './routes';

const base = () => new URL(document.baseURI);
const here = () => new URL(location.href);

function withQuery(changes: Record<string, string | null>): URL {
  const url = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

class Router {
  route = $state.raw<Route>(parseRoute(pathBelow(base(), here()) ?? '?'));
  query = $state.raw(here().searchParams);
  /** The overview as the reader left it, with its filter, search and order. */
  overviewHref = $state('.');

  /** Starts listening; call it once, when the application is mounted. */
  start(): void {
    this.#remember();
    // Pages set their height after the browser would have restored the scroll position, so this
    // restores it.
    history.scrollRestoration = 'manual';
    document.addEventListener('click', (event) => this.#follow(event));
    window.addEventListener('popstate', (event) => {
      const scrollY = (event.state as { scrollY?: number } | null)?.scrollY ?? 0;
      void this.#show(scrollY);
    });
  }

  go(path: string): void {
    this.#open(new URL(path, base()));
  }

  /** Replaces the query without a history entry, for filters and sorting. */
  setQuery(changes: Record<string, string | null>): void {
    const url = withQuery(changes);
    history.replaceState(history.state, '', url);
    this.query = url.searchParams;
    this.#remember();
  }

  /** Changes the query with a history entry, which `stepBack` and the back button undo. */
  stepQuery(changes: Record<string, string | null>): void {
    const url = withQuery(changes);
    this.#keepScroll();
    history.pushState({ isStep: true }, '', url);
    this.query = url.searchParams;
  }

  /** False if the reader did not reach this address by a step. */
  stepBack(): boolean {
    const { isStep } = (history.state ?? {}) as { isStep?: boolean };
    if (isStep) history.back();
    return isStep === true;
  }

  #keepScroll(): void {
    const kept: unknown = history.state;
    history.replaceState({ ...(kept as object | null), scrollY: window.scrollY }, '');
  }

  #remember(): void {
    if (this.route.page !== 'overview') return;
    const query = this.query.toString();
    this.overviewHref = query ? `?${query}` : '.';
  }

  #open(url: URL): void {
    this.#keepScroll();
    history.pushState(null, '', url);
    void this.#show(0);
  }

  async #show(scrollY: number): Promise<void> {
    const url = here();
    this.query = url.searchParams;
    this.route = parseRoute(pathBelow(base(), url) ?? '?');
    this.#remember();
    await tick();
    window.scrollTo(0, scrollY);
    // The focused element is gone; from the top of the new page, Tab works as on a freshly loaded
    // one.
    if (!document.activeElement || document.activeElement === document.body)
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }

  #follow(event: MouseEvent): void {
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (pathBelow(base(), url) === null) return;
    event.preventDefault();
    if (url.href === location.href) window.scrollTo(0, 0);
    else this.#open(url);
  }
}

export const router = new Router();
