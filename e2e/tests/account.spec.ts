import { defaultPassword, expect, signIn, test } from '../support/test.js';

const better = 'a-better-password';

test('the default account signs in, is asked for a new password, and signs out', async ({
  signedIn: page,
}) => {
  await expect(page.getByText('You are signed in with the default password')).toBeVisible();
  await page.getByRole('button', { name: 'Account of admin' }).click();
  await page.getByRole('link', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goto('');
  await expect(page).toHaveURL(/\/login$/);
});

test('a wrong password is refused with a sentence', async ({ page }) => {
  await signIn(page, 'not-the-password');
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByLabel('User name')).toHaveValue('admin');
  await expect(page.getByLabel('Password')).toBeFocused();
  await expect(page.getByLabel('Password')).toBeEmpty();
  await page.getByLabel('Password').fill(defaultPassword);
  await page.getByLabel('Password').press('Enter');
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
});

test('after a password change only the new password works', async ({ signedIn: page }) => {
  const change = async (current: string, fresh: string, again: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(fresh);
    await page.getByLabel('New password again').fill(again);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await page.getByRole('link', { name: 'Choose another' }).click();

  await change(defaultPassword, 'short', 'short');
  await expect(page.getByRole('alert')).toHaveText(/at least 8 characters/);
  await change(defaultPassword, better, `${better}!`);
  await expect(page.getByRole('alert')).toHaveText(/differ/);
  await change('not-the-password', better, better);
  await expect(page.getByRole('alert')).toHaveText(/current password/i);

  await change(defaultPassword, better, better);
  await expect(page.getByText('Your password has been changed')).toBeVisible();
  await expect(page.getByText('You are signed in with the default password')).toBeHidden();
  await page.getByRole('navigation').getByRole('link', { name: 'Compare' }).click();
  await expect(page.getByText('Your password has been changed')).toBeHidden();

  await page.goto('logout');
  await signIn(page);
  await expect(page.getByRole('alert')).toBeVisible();
  await signIn(page, better);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
});

test('a session that ends elsewhere leads to the login page', async ({
  signedIn: page,
  context,
}) => {
  await context.clearCookies();
  // The page finds out with its next request.
  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();
  await expect(page).toHaveURL(/\/login\?next=%2Fmanage$/);
  const said = page.getByRole('alert');
  await expect(said).toHaveText('Your session has ended. Sign in again.');
  await page.reload();
  await expect(said).toHaveCount(0);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(defaultPassword);
  await page.getByLabel('Password').press('Enter');
  await expect(page).toHaveURL(/\/manage$/);
});

test('signing out in one tab ends the others', async ({ signedIn: page, context }) => {
  const other = await context.newPage();
  await other.goto('logout');
  await expect(page).toHaveURL(/\/login$/);
});

test('signing out shows no notice of an ended session', async ({ signedIn: page }) => {
  await page.route('**/logout', async (route) => {
    // The page sees the event before the response arrives.
    const noticed = page.waitForResponse(
      (response) => response.status() === 401 && response.url().endsWith('/api/session'),
    );
    const response = await route.fetch({ maxRedirects: 0 });
    await noticed;
    await page.waitForTimeout(100);
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'Account of admin' }).click();
  await page.getByRole('link', { name: 'Sign out' }).click();
  await expect(page.getByLabel('User name')).toBeVisible();
  await expect(page).toHaveURL(/\/login$/);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test.describe('a server reachable from the network', () => {
  test.use({ listen: '0.0.0.0:0' });

  test('demands a new password before anything else', async ({ page }) => {
    await signIn(page);
    await expect(page.getByText('everyone knows the default password')).toBeVisible();
    await page.goto('manage');
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await page.getByLabel('Current password').fill(defaultPassword);
    await page.getByLabel('New password', { exact: true }).fill(better);
    await page.getByLabel('New password again').fill(better);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  });
});
