// Agents over TLS: added by the line that they print, and a warning when the certificate changes.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, computerRow, test, openOverview } from '../support/test.js';

/** A busy computer needs attention but still answers. */
const answering = /healthy, answering|needs attention: /;

test('a computer is added by one line, and a new certificate is pinned by hand', async ({
  signedIn: page,
  muster,
  directory,
}) => {
  const agent = await muster.startAgent('one');
  const line = await agent.program.printed(/(muster:\/\/\S+)/);
  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();

  await test.step('the pasted line is an address, a token and a certificate', async () => {
    await page.getByLabel('Address').fill(line);
    await expect(page.getByLabel('Address')).toHaveValue(agent.address.replace('http', 'https'));
    await expect(page.getByLabel('Token')).toHaveValue(agent.token);
    await expect(page.getByLabel('Certificate')).toHaveValue(/^[\da-f]{64}$/);
  });

  await test.step('a certificate that nobody vouches for can be trusted by hand', async () => {
    await page.getByLabel('Certificate').fill('');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText('Did not work: TLS failed')).toBeVisible();
    await page.getByRole('button', { name: 'Trust this certificate' }).click();
    await expect(page.getByText(/^Found /)).toBeVisible();
  });

  await page.getByLabel('Name').fill('one');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('one was added')).toBeVisible();
  await openOverview(page);
  await computerRow(page, 'one').getByRole('link', { name: 'one' }).click();
  await expect(page.getByText(answering)).toBeVisible();

  await agent.stop();
  await rm(path.join(directory, 'client_tls.pem'));
  await muster.startAgent('one', agent.address);
  const alarm = page.getByRole('alert', { name: 'Its certificate changed' });
  await expect(alarm).toContainText('somebody may be intercepting the connection');
  await expect(page.locator('.state')).toHaveText(/its certificate changed$/);
  await page.getByRole('button', { name: 'Take the new certificate' }).click();
  await expect(alarm).toHaveCount(0);
  await expect(page.getByText(answering)).toBeVisible();
});
