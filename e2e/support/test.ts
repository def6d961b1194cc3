// `test` with the real server, any number of real agents, and a page that must neither violate its
// Content-Security-Policy nor throw.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { Program } from './process.js';

export const defaultPassword = 'admin123';

export class Agent {
  constructor(
    readonly program: Program,
    readonly address: string,
    readonly token: string,
  ) {}

  stop = () => this.program.stop();
}

export interface Muster {
  /** The address of the dashboard, with a trailing slash. */
  address: string;
  /** Starts an agent. A stopped agent restarts with its token, at the same address if one is given. */
  startAgent: (name: string, address?: string) => Promise<Agent>;
  /** Stops the server, runs `meanwhile`, then starts the server again at the same address. */
  whileStopped: (meanwhile: () => Promise<void>) => Promise<void>;
  addViewer: (username: string, password: string) => Promise<void>;
}

interface Fixtures {
  /** The address that the server listens on. */
  listen: string;
  /** Seconds between two polls of a computer. */
  interval_s: number;
  /** Additional flags of the server. */
  serverFlags: string[];
  directory: string;
  muster: Muster;
  complaints: string[];
  /** `page`, signed in as the default account. */
  signedIn: Page;
}

export const test = base.extend<Fixtures>({
  listen: ['127.0.0.1:0', { option: true }],
  interval_s: [1, { option: true }],
  serverFlags: [[], { option: true }],

  directory: async ({}, use) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-e2e-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },

  muster: async ({ directory, listen, interval_s, serverFlags }, use) => {
    const programs: Program[] = [];
    const start = (name: string, args: string[]) => {
      const program = new Program(name, args, directory);
      programs.push(program);
      return program;
    };
    const database = path.join(directory, 'stats.db');
    const serve = async (address: string) => {
      const args = ['--listen', address, '--database', database, '--interval', `${interval_s}`];
      const program = start('muster', ['serve', ...args, ...serverFlags]);
      return { program, port: await program.printed(/Dashboard: http:\/\/\S+:(\d+)\/\S*\s/) };
    };
    const { program, port } = await serve(listen);
    let server = program;
    const startAgent = async (name: string, address = 'http://127.0.0.1:0') => {
      const tokenFile = path.join(directory, `${name}.token`);
      const agent = start('muster-agent', [
        ...['--listen', address.replace('http://', ''), '--token-file', tokenFile],
      ]);
      const token = await agent.printed(/Token: (\S+)/);
      const agentPort = await agent.printed(/Dashboard should connect to: http:\/\/\S+:(\d+)\s/);
      return new Agent(agent, `http://127.0.0.1:${agentPort}`, token);
    };
    const whileStopped = async (meanwhile: () => Promise<void>) => {
      await server.stop();
      await meanwhile();
      server = (await serve(listen.replace(/0$/, port))).program;
    };
    const addViewer = (username: string, password: string) => {
      const args = ['user', 'add', username, '--role', 'viewer', '--database', database];
      return start('muster', args).answer(password);
    };
    const address = `http://127.0.0.1:${port}/`;
    await use({ address, startAgent, whileStopped, addViewer });
    for (const program of programs.reverse()) await program.stop();
  },

  baseURL: async ({ muster }, use) => use(muster.address),

  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      await context.exposeBinding('complain', (_, text: string) => complaints.push(text));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          const { complain } = window as unknown as { complain: (text: string) => void };
          complain(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}`);
        });
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      await use(complaints);
      expect(complaints, 'violations of the policy, and errors of scripts').toEqual([]);
    },
    { auto: true },
  ],

  signedIn: async ({ page }, use) => {
    await signIn(page);
    await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
    await use(page);
  },
});

export async function signIn(
  page: Page,
  password = defaultPassword,
  username = 'admin',
): Promise<void> {
  await page.goto('login');
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function addComputer(page: Page, name: string, agent: Agent): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();
  await page.getByLabel('Address').fill(agent.address);
  await page.getByLabel('Token').fill(agent.token);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText(`${name} was added`)).toBeVisible();
}

/** The row of a computer, on the overview and on Manage. */
export const computerRow = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

/** The four charts that every computer has; others load when they are scrolled to. */
export const mainCharts = (page: Page) =>
  page.getByRole('img', { name: /^(CPU|Memory|Disk|Network),/ });

export async function openOverview(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Computers' }).click();
}

export { expect } from '@playwright/test';
