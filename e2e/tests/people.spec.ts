// Accounts and roles; the account's own sessions and API tokens.

import { expect, signIn, test } from '../support/test.js';

const password = 'long-enough-for-all';

test('an administrator adds, changes and removes accounts', async ({
  signedIn: page,
  browser,
  muster,
}) => {
  await page.route('**/api/accounts', (route) => route.abort(), { times: 1 });
  await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
  await expect(page.getByText('The server does not answer')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('admin')).toContainText('you');
  await expect(row('admin')).toContainText('has the default password');

  await test.step('an account is added, after what is wrong with it is mended', async () => {
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByRole('alert')).toContainText('user name');
    await expect(page.getByLabel('User name')).toBeFocused();
    await page.getByLabel('User name').fill('eve');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByRole('alert')).toContainText('8 characters');
    await expect(page.getByLabel('Password')).toBeFocused();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByText('eve was added')).toBeVisible();
    await expect(row('eve')).toContainText('Viewer');
    await page.getByLabel('User name').fill('eve');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByRole('alert')).toContainText('taken');
  });

  await test.step('the last administrator stays', async () => {
    await page.getByRole('button', { name: 'Remove admin' }).click();
    const question = page.getByRole('dialog', { name: 'Remove admin?' });
    await question.getByRole('button', { name: 'Remove' }).click();
    await expect(question.getByRole('alert')).toContainText('last administrator');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Change admin' }).click();
    const change = page.getByRole('dialog', { name: 'Change admin' });
    await change.getByLabel('Role').selectOption('Viewer');
    await change.getByRole('button', { name: 'Save' }).click();
    await expect(change.getByRole('alert')).toContainText('last administrator');
    await page.keyboard.press('Escape');
  });

  await test.step('a role and a password are changed', async () => {
    await page.getByRole('button', { name: 'Change eve' }).click();
    const change = page.getByRole('dialog', { name: 'Change eve' });
    await change.getByLabel('Role').selectOption('Administrator');
    await change.getByLabel('New password').fill(`${password}!`);
    await change.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('eve was changed')).toBeVisible();
    await expect(row('eve')).toContainText('Administrator');
    const theirs = await browser.newPage({ baseURL: muster.address });
    await signIn(theirs, `${password}!`, 'eve');
    await expect(theirs.getByRole('link', { name: 'People' })).toBeVisible();
    await theirs.close();
  });

  await test.step('an account is removed after a question', async () => {
    await page.getByRole('button', { name: 'Remove eve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('eve was removed')).toBeVisible();
    await expect(row('eve')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Accounts' })).toBeFocused();
  });
});

test('a viewer sees why nothing can be changed, and has an account page', async ({
  page,
  muster,
}) => {
  await muster.addViewer('eve', password);
  await signIn(page, password, 'eve');
  await expect(page.getByRole('link', { name: 'Compare' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Manage' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'People' })).toHaveCount(0);
  for (const [address, sentence] of [
    ['people', 'Only administrators'],
    ['manage', 'change none'],
    ['manage?add=several', 'change none'],
  ] as const) {
    await page.goto(address);
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page.getByRole('link', { name: 'To the computers' })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Account of eve' }).click();
  await page.getByRole('link', { name: 'Account', exact: true }).click();
  await expect(page.getByText('this one')).toBeVisible();
});

test('own sessions are distinguished and ended', async ({ signedIn: page, browser, muster }) => {
  const elsewhere = async (userAgent: string) => {
    const other = await browser.newPage({ baseURL: muster.address, userAgent });
    await signIn(other);
    await expect(other.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
    return other;
  };
  const firefox = await elsewhere(
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  );
  const curl = await elsewhere('curl/8.5.0');

  await page.goto('account');
  const session = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  await expect(session('this one')).toContainText('Chrome on Linux');
  await expect(session('Firefox on Windows')).toContainText('127.0.0.1');
  await page.getByRole('button', { name: /^End the session of Firefox on Windows/ }).click();
  await expect(page.getByText('The session has ended.')).toBeVisible();
  await expect(session('Firefox on Windows')).toHaveCount(0);
  await expect(firefox).toHaveURL(/\/login$/);
  await page.getByRole('button', { name: 'End all others' }).click();
  await expect(session('curl')).toHaveCount(0);
  await expect(session('this one')).toHaveCount(1);
  await expect(curl).toHaveURL(/\/login$/);
  await firefox.close();
  await curl.close();
});

test('a token is shown once, opens the API, and is revoked', async ({
  signedIn: page,
  context,
  playwright,
  muster,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('account');
  await page.getByRole('button', { name: 'Create a token' }).click();
  await expect(page.getByRole('alert')).toContainText('Give it a name');
  await page.getByLabel('Name').fill('backup script');
  await page.getByRole('button', { name: 'Create a token' }).click();
  await expect(page.getByRole('heading', { name: 'The token backup script' })).toBeFocused();
  const token = await page.getByText(/^muster_/).innerText();
  await expect(page.getByText(/^curl -H/)).toContainText(`${muster.address}api/computers`);
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);

  const script = await playwright.request.newContext({
    baseURL: muster.address,
    extraHTTPHeaders: { Authorization: `Bearer ${token}` },
  });
  expect((await script.get('api/computers')).status()).toBe(200);
  // The token is read-only.
  expect((await script.delete('api/computers/1')).status()).toBe(403);

  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);
  const listed = page.getByRole('listitem').filter({ hasText: 'backup script' });
  await expect(listed).toContainText('read only');
  await page.getByRole('button', { name: 'Revoke backup script' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('backup script was revoked.')).toBeVisible();
  await expect(listed).toHaveCount(0);
  expect((await script.get('api/computers')).status()).toBe(401);
  await script.dispose();
});

test('a login returns to the requested page and nowhere else', async ({ page, muster }) => {
  await page.goto('account?x=1');
  await expect(page).toHaveURL(/\/login\?next=/);
  const enter = async (password: string) => {
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await enter('not-the-password');
  await expect(page.getByRole('alert')).toBeVisible();
  await enter('admin123');
  await expect(page).toHaveURL(`${muster.address}account?x=1`);
  await expect(page.getByRole('heading', { name: 'Account' })).toBeVisible();

  // The page notices the end of the session itself, and the login returns to it.
  await page.context().clearCookies();
  await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Fpeople$/);

  for (const hostile of ['//example.com', 'https:example.com', '/\\example.com', 'javascript:1']) {
    await page.goto(`login?next=${encodeURIComponent(hostile)}`);
    await enter('admin123');
    await expect(page).toHaveURL(muster.address);
    await page.goto('logout');
  }
});
