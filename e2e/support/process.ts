// A program under test: starts it, reads its output, and stops it when the test ends.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const binaries = path.resolve(here, '..', process.env.MUSTER_BIN_DIR ?? '../target/debug');
const startDeadline_ms = 20_000;

export class Program {
  #child: ChildProcess;
  #output = '';
  #name: string;
  #exited: Promise<unknown>;

  constructor(name: string, args: string[], directory: string) {
    this.#name = name;
    this.#child = spawn(path.join(binaries, name), args, {
      cwd: directory,
      // The environment of the test run must not reach the program.
      env: { PATH: process.env.PATH, HOME: directory },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#exited = Promise.race([once(this.#child, 'exit'), once(this.#child, 'error')]);
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.#output += chunk));
  }

  /** Sends a line of input and waits until the program exits. */
  async answer(line: string): Promise<void> {
    this.#child.stdin!.end(`${line}\n`);
    await this.#exited;
    if (this.#child.exitCode !== 0) throw new Error(`${this.#name} failed:\n${this.#output}`);
  }

  /** Waits until the output matches `pattern`, and returns the first group of the match. */
  async printed(pattern: RegExp): Promise<string> {
    const deadline = AbortSignal.timeout(startDeadline_ms);
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match) return match[1] ?? match[0];
      if (this.#child.exitCode !== null || deadline.aborted) break;
      await Promise.race([
        once(this.#child.stdout!, 'data', { signal: deadline }).catch(() => undefined),
        once(this.#child.stderr!, 'data', { signal: deadline }).catch(() => undefined),
        this.#exited,
      ]);
    }
    throw new Error(`${this.#name} never printed ${pattern}. It printed:\n${this.#output}`);
  }

  /**
   * Stops the program and waits until it exits. A program that does not stop is killed, and the
   * test fails.
   */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const deadline_ms = 8_000;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), deadline_ms);
    await this.#exited;
    clearTimeout(timer);
    if (this.#child.signalCode === 'SIGKILL')
      throw new Error(`${this.#name} did not stop within ${deadline_ms} ms:\n${this.#output}`);
  }
}
