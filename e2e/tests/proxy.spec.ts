// Behind a real nginx, below a path: pages, forms, and the event stream, which must not be
// buffered.

import { isNginxInstalled, startNginx } from '../support/nginx.js';
import {
  addComputer,
  defaultPassword,
  expect,
  computerRow,
  signIn,
  test as base,
  openOverview,
} from '../support/test.js';

const below = '/monitor/';
const fresh = 'through the proxy';

const test = base.extend<{ takesPathOff: boolean }>({
  takesPathOff: [false, { option: true }],
  serverFlags: ['--base-path', below, '--trusted-proxy', '127.0.0.1'],
  baseURL: async ({ muster, directory, takesPathOff }, use) => {
    const upstream = takesPathOff ? muster.address : muster.address.replace(/\/$/, '');
    const nginx = await startNginx(directory, below, upstream);
    await use(nginx.address);
    await nginx.stop();
  },
});

test.skip(!isNginxInstalled(), 'no nginx on this computer');

for (const takesPathOff of [false, true]) {
  test.describe(
    takesPathOff ? 'a proxy that takes the path off' : 'a proxy that passes it on',
    () => {
      test.use({ takesPathOff });

      test('shows everything below the path, live', async ({ page, muster, baseURL }) => {
        const agent = await muster.startAgent('box');
        await signIn(page);
        // The server cannot trust clients that come through a proxy, so it demands a new password.
        await page.getByLabel('Current password').fill(defaultPassword);
        await page.getByLabel('New password', { exact: true }).fill(fresh);
        await page.getByLabel('New password again').fill(fresh);
        await page.getByRole('button', { name: 'Change password' }).click();
        await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
        expect(page.url()).toBe(baseURL);

        await addComputer(page, 'box', agent);
        await openOverview(page);
        await expect(computerRow(page, 'box')).toContainText('%');
        // Through the stream only.
        await agent.stop();
        await expect(computerRow(page, 'box')).toContainText('connection refused');

        await page.getByRole('link', { name: 'box' }).click();
        await expect(page).toHaveURL(new RegExp(`${below}computer/`));
        await page.reload();
        await expect(page.getByRole('heading', { name: 'box' })).toBeVisible();
        await page.goto('logout');
        await expect(page.getByLabel('User name')).toBeVisible();
      });
    },
  );
}
