// One line about the database: its size, and when it was last copied.

import type { Storage } from '../api/types';
import { ago, bytes, say } from '../format';
import { text } from '../text';

/** "612 MiB, last proven backup 3 h ago". */
export function storageLine(storage: Storage, now_ms: number): string {
  const backup =
    storage.last_backup_ms === null
      ? text.manage.noBackups
      : text.manage.backup(ago(storage.last_backup_ms, now_ms));
  return `${say(bytes(storage.database_bytes))}, ${backup}`;
}

/** How far the sealing of an old database is: only its very end is 100 %. */
export function sealingPercent({ done, all }: { done: number; all: number }): number {
  return Math.floor((100 * done) / Math.max(all, 1));
}
