// One line about the database: its size, and when it was last backed up.

import type { Storage } from '../api/types';
import { ago, bytes, exactTime, formatQuantity } from '../format';
import { text } from '../text';

/** "612 MiB, last proven backup 3 h ago". */
export function storageLine(storage: Storage, now_ms: number): string {
  const backup =
    storage.last_backup_ms === null
      ? text.manage.noBackups
      : text.manage.backup(ago(storage.last_backup_ms, now_ms));
  return `${formatQuantity(bytes(storage.database_bytes))}, ${backup}`;
}

/** The progress of sealing an old database: 100 % only when complete. */
export function sealingPercent({ done, all }: { done: number; all: number }): number {
  return Math.floor((100 * done) / Math.max(all, 1));
}

const problems = text.manage.databaseProblems as Record<
  string,
  string | ((params: never) => string)
>;

/** Problems of the database: in the reader's language if the page knows the code. */
export function databaseProblem({
  problem,
  problem_code,
  problem_params,
}: Pick<Storage, 'problem' | 'problem_code' | 'problem_params'>): string | null {
  if (problem_code === null || !Object.hasOwn(problems, problem_code)) return problem;
  const found = problems[problem_code]!;
  if (typeof found === 'string') return found;
  const moments = Object.entries(problem_params).map(([name, value]) => [
    name,
    typeof value === 'number' ? exactTime(value) : value,
  ]);
  return found(Object.fromEntries(moments) as never);
}
