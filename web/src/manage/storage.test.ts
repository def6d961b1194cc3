import { describe, expect, it } from 'vitest';
import type { Storage } from '../api/types';
import { databaseProblem, sealingPercent, storageLine } from './storage';

const storage: Storage = {
  database_bytes: 612 * 1024 * 1024,
  samples_stored: 0,
  samples_sealed: 0,
  sealing: null,
  is_writing: true,
  problem: null,
  problem_code: null,
  problem_params: {},
  last_backup_ms: null,
  retain_s: 1,
  max_database_bytes: null,
};

const plain = (line: string) => line.replaceAll('\u00a0', ' ');

describe('storageLine', () => {
  it('shows the age of the last backup', () => {
    const now_ms = 1_763_575_200_000;
    const last_backup_ms = now_ms - 3.5 * 3_600_000;
    expect(plain(storageLine({ ...storage, last_backup_ms }, now_ms))).toBe(
      '612 MiB, last proven backup 3 h ago',
    );
  });

  it('explains how to create the first backup', () => {
    expect(plain(storageLine(storage, 0))).toBe('612 MiB, no backups: see --backup-dir');
  });
});

describe('sealingPercent', () => {
  it('is 100 % only at the end', () => {
    expect(sealingPercent({ done: 999, all: 1000 })).toBe(99);
    expect(sealingPercent({ done: 1000, all: 1000 })).toBe(100);
    expect(sealingPercent({ done: 0, all: 0 })).toBe(0);
  });
});

describe('databaseProblem', () => {
  it('is translated by its code, with its times, and unchanged without a code', () => {
    const said = (problem_code: string | null, problem_params = {}) =>
      databaseProblem({
        problem: 'as it came',
        problem_code: problem_code as never,
        problem_params,
      });
    expect(said('disk_nearly_full')).toMatch(/^The database’s disk is nearly full/);
    expect(said('backup_failed', { detail: 'no space' })).toBe('The last backup failed: no space');
    expect(said('history_cut', { from_ms: 0 })).toMatch(/begins on .*1970/);
    expect(said('eaten_by_a_grue')).toBe('as it came');
    expect(databaseProblem(storage)).toBeNull();
  });
});
