// Touch gestures on a chart: one finger moves the crosshair, two zoom and pan, a double tap goes
// back. Vertical swipes are left to the page, so that it still scrolls.

import type { Stretch } from './view';

export interface TouchTarget {
  over: HTMLElement;
  axis: () => Stretch;
  /** The shortest stretch that can be drawn, and the end of the time axis. */
  limits: () => { least_s: number; latest_s: number };
  point: (moment_s: number) => void;
  /** Called while two fingers move; null when they are lifted. */
  preview: (stretch: Stretch | null) => void;
  zoom: (stretch: Stretch) => void;
  back: () => void;
}

/** The position of a finger across the chart, from 0 to 1, and the moment under it. */
export interface Finger {
  at: number;
  moment_s: number;
}

/** Fingers closer together than this would zoom without limit. */
const leastApart = 0.02;

/** The stretch in which both moments stay under their fingers. */
export function zoomToFingers(
  one: Finger,
  other: Finger,
  { least_s, latest_s }: { least_s: number; latest_s: number },
): Stretch {
  const [left, right] = one.moment_s <= other.moment_s ? [one, other] : [other, one];
  const apart = Math.max(leastApart, right.at - left.at);
  const length_s = Math.max(least_s, (right.moment_s - left.moment_s) / apart);
  const middle_s = (left.moment_s + right.moment_s) / 2;
  const from_s = middle_s - ((left.at + right.at) / 2) * length_s;
  const to_s = Math.min(latest_s, from_s + length_s);
  return { from_s: to_s - length_s, to_s };
}

const doubleTap_ms = 350;
const still_px = 12;

/** Listens until the returned function is called. */
export function listenForTouch(target: TouchTarget): () => void {
  const { over } = target;
  const fingers = new Map<number, Finger>();
  let stretch: Stretch | null = null;
  let tap: { at_ms: number; x: number; y: number } | null = null;
  let began: { x: number; y: number } | null = null;

  const at = ({ clientX }: PointerEvent) => {
    const { left, width } = over.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  const momentAt = (part: number) => {
    const { from_s, to_s } = target.axis();
    return from_s + part * (to_s - from_s);
  };

  function down(event: PointerEvent) {
    if (event.pointerType === 'mouse' || fingers.size >= 2) return;
    fingers.set(event.pointerId, { at: at(event), moment_s: momentAt(at(event)) });
    began = fingers.size === 1 ? { x: event.clientX, y: event.clientY } : null;
    if (fingers.size === 1) target.point(momentAt(at(event)));
  }

  function move(event: PointerEvent) {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    finger.at = at(event);
    const [one, other] = [...fingers.values()];
    if (other) target.preview((stretch = zoomToFingers(one!, other, target.limits())));
    else target.point(momentAt(finger.at));
  }

  function tapped({ clientX: x, clientY: y, timeStamp: at_ms }: PointerEvent) {
    const near = (spot: { x: number; y: number } | null) =>
      spot !== null && Math.hypot(spot.x - x, spot.y - y) < 3 * still_px;
    if (tap && at_ms - tap.at_ms < doubleTap_ms && near(tap)) {
      tap = null;
      target.back();
    } else tap = { at_ms, x, y };
  }

  function up(event: PointerEvent) {
    if (!fingers.delete(event.pointerId)) return;
    const zoomed = stretch;
    if (zoomed && fingers.size === 1) {
      stretch = null;
      fingers.clear();
      target.preview(null);
      target.zoom(zoomed);
    } else if (began && event.type === 'pointerup') {
      const moved_px = Math.hypot(event.clientX - began.x, event.clientY - began.y);
      if (moved_px < still_px) tapped(event);
    }
  }

  // The browser would follow a tap with mouse events, which mean something else here.
  const noMouse = (event: TouchEvent) => event.cancelable && event.preventDefault();
  const abort = new AbortController();
  const { signal } = abort;
  over.addEventListener('pointerdown', down, { signal });
  over.addEventListener('pointermove', move, { signal });
  over.addEventListener('pointerup', up, { signal });
  over.addEventListener('pointercancel', up, { signal });
  over.addEventListener('touchend', noMouse, { signal, passive: false });
  return () => abort.abort();
}
