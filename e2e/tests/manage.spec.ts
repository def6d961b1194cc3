// Manage with several computers at once: adding by pasting, and exporting the list.

import { readFile } from 'node:fs/promises';
import { addComputer, expect, computerRow, test } from '../support/test.js';

test('several computers are added by pasting, with a result for each line', async ({
  signedIn: page,
  muster,
}) => {
  const [one, two] = [await muster.startAgent('one'), await muster.startAgent('two')];
  await addComputer(page, 'one', one);
  await page.getByRole('link', { name: 'Add several at once' }).click();
  const outcome = (name: string) =>
    page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });

  await test.step('the preview says what each line would do', async () => {
    await page
      .getByLabel('Lines')
      .fill(
        [
          `one,${one.address},${one.token}`,
          `two;${two.address};${two.token}`,
          'three http://192.0.2.1:8000',
          'four,nowhere:port,token',
          `one,${one.address},${one.token}`,
        ].join('\n'),
      );
    await expect(page.getByText('5 lines, 3 of them with a problem')).toBeVisible();
    await expect(outcome('two')).toContainText('new');
    await expect(outcome('one').first()).toContainText('is there: gets the token …');
    await expect(outcome('three')).toContainText('no token');
    await expect(outcome('four')).toContainText('the address is none');
    await expect(outcome('one').last()).toContainText('is taken by line 1');
    await page.getByLabel('Only those with a problem').check();
    await expect(outcome('two')).toHaveCount(0);
    await page.getByLabel('Only those with a problem').uncheck();
  });

  await test.step('what is fine is sent, line after line', async () => {
    await page.getByRole('button', { name: 'Add 1 computer, change 1' }).click();
    await expect(page.getByText('1 added, 1 already there')).toBeVisible();
    await expect(outcome('two')).toContainText('added');
    await expect(outcome('one').first()).toContainText('already there');
  });

  await test.step('another address for a computer that is there stands out', async () => {
    await page.getByLabel('Lines').fill(`one , ${two.address} , ${two.token}`);
    await expect(outcome('one')).toContainText(
      `address changes from ${one.address} to ${two.address}`,
    );
    await expect(page.getByText('One computer that is there gets another address.')).toBeVisible();
    await expect(page.getByText('One computer that is there gets the token')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Change 1 computer' })).toBeVisible();
  });

  await test.step('no token is shown, though it stands where the address belongs', async () => {
    await page.getByLabel('Lines').fill(`two,${two.token},${two.address}`);
    await expect(outcome('two')).toContainText('address and token are mixed up');
    await expect(page.getByRole('table')).not.toContainText(two.token);
  });

  await test.step('a line that the server refuses can be tried again', async () => {
    let refused = 0;
    await page.route('**/api/computers/six', (route) =>
      refused++ === 0
        ? route.fulfill({ status: 409, json: { error: 'The name "six" is taken.' } })
        : route.fallback(),
    );
    await page
      .getByLabel('Lines')
      .fill(`name\turl\ttoken\nfive\t${two.address}\tT\nsix\t${two.address}\tT`);
    await page.getByRole('button', { name: 'Add 2 computers' }).click();
    await expect(page.getByText('1 added, 1 failed')).toBeVisible();
    await expect(outcome('six')).toContainText('The name "six" is taken.');
    await page.getByRole('button', { name: 'Try 1 again' }).click();
    await expect(page.getByText('2 added', { exact: true })).toBeVisible();
  });

  await test.step('a server that does not answer stops all of it, and it goes on', async () => {
    let lost = 0;
    await page.route('**/api/computers/seven', (route) =>
      lost++ === 0 ? route.abort() : route.fallback(),
    );
    await page.getByLabel('Lines').fill(`seven ${two.address} T\neight ${two.address} T`);
    await page.getByRole('button', { name: 'Add 2 computers' }).click();
    await expect(page.getByRole('alert')).toContainText('The server does not answer');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByText('2 added', { exact: true })).toBeVisible();
  });

  await page.getByRole('link', { name: 'Manage' }).last().click();
  for (const name of ['one', 'two', 'five', 'six', 'seven', 'eight'])
    await expect(computerRow(page, name)).toBeVisible();
});

test("an agent's output and a file are accepted too", async ({
  signedIn: page,
  context,
  muster,
}) => {
  const agent = await muster.startAgent('box');
  await page.goto('manage?add=several');
  const printed = `=== CLIENT STARTED ===\nComputer: box\nToken: ${agent.token}\nAdd this computer to the dashboard using the above token\nDashboard should connect to: ${agent.address}\n======================\n`;
  await page.getByLabel('Lines').fill(printed);
  await page.getByRole('button', { name: 'Add 1 computer' }).click();
  await expect(page.getByText('1 added', { exact: true })).toBeVisible();

  const lines = Array.from({ length: 3_000 }, (_, n) => `c${n};http://192.0.2.1:8000;T`);
  const pick = (content: string | Buffer) =>
    page.locator('input[type=file]').setInputFiles({
      name: 'computers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(content),
    });
  await pick(Buffer.alloc(3 * 1024 * 1024, 'x'));
  await expect(page.getByRole('alert')).toContainText('more than 1 MiB');
  await pick(`\ufeffname;url;token\r\n${lines.join('\r\n')}\r\n`);

  await expect(page.getByRole('button', { name: 'Add 3,000 computers' })).toBeVisible();

  // Inserts the file's lines at the cursor in one edit.
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await pick('first x:1 T\n');
  await expect(page.getByRole('button', { name: 'Add 1 computer' })).toBeVisible();
  await page.evaluate((text) => navigator.clipboard.writeText(text), lines.join('\n'));
  await page.getByLabel('Lines').press('Control+End');
  await page.getByLabel('Lines').press('Control+V');
  await expect(page.getByRole('button', { name: 'Add 3,001 computers' })).toBeVisible();

  // Long runs show their progress and can be stopped.
  await page.getByRole('button', { name: 'Add 3,001 computers' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
});

test('the list is exported, and no cell becomes a formula', async ({ signedIn: page, muster }) => {
  const agent = await muster.startAgent('box');
  await addComputer(page, '=1+1', agent);
  await addComputer(page, 'box', agent);
  const exported = async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^muster-\d{4}-\d\d-\d\d\.csv$/);
    return (await readFile(await file.path(), 'utf8')).split('\r\n');
  };
  await expect(computerRow(page, 'box')).toBeVisible();
  const lines = await exported();
  expect(lines[0]).toMatch(/^\ufeffname,url,tags,note,status,/);
  expect(lines[1]).toMatch(/^'=1\+1,http:/);
  expect(lines).toHaveLength(4);
  await page.getByLabel('Search computers').fill('box');
  await expect(computerRow(page, '=1+1')).toHaveCount(0);
  expect(await exported()).toHaveLength(3);
});

test('a computer has tags, with suggestions from those in use, and a note', async ({
  signedIn: page,
  muster,
}) => {
  const agent = await muster.startAgent('box');
  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();
  await page.getByLabel('Address').fill(agent.address);
  await page.getByLabel('Token').fill(agent.token);
  await page.getByLabel('Name').fill('one');
  await page.getByRole('combobox', { name: 'Tags' }).fill('prod, web,');
  await page.getByLabel('Note').fill('second rack\nthird from the top');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('one was added')).toBeVisible();
  await expect(computerRow(page, 'one')).toContainText('prod web');

  await addComputer(page, 'two', agent);
  await page.getByRole('button', { name: 'Change two' }).click();
  const row = computerRow(page, 'two');
  const tags = row.getByRole('combobox', { name: 'Tags' });
  await tags.focus();
  await expect(row.getByRole('option')).toHaveText(['prod', 'web']);
  await tags.fill('we');
  await expect(row.getByRole('option')).toHaveText(['web']);
  await tags.press('ArrowDown');
  await tags.press('Enter');
  await row.getByRole('combobox', { name: 'Tags' }).pressSequentially('x,Web,');
  await expect(row.getByRole('button', { name: /^Remove the tag/ })).toHaveCount(2);
  await tags.press('Backspace');
  await expect(row.getByRole('button', { name: /^Remove the tag/ })).toHaveCount(1);
  await tags.fill('x'.repeat(33));
  await tags.press('Enter');
  await expect(row.getByText('A tag has 1 to 32 characters')).toBeVisible();
  await tags.fill('');
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('two was changed')).toBeVisible();
  await expect(row).toContainText('web');

  await page.getByRole('button', { name: 'Change one' }).click();
  await expect(computerRow(page, 'one').getByLabel('Note')).toHaveValue(
    'second rack\nthird from the top',
  );

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as CSV' }).click();
  const exported = await readFile(await (await download).path(), 'utf8');
  expect(exported).toContain('"prod,web","second rack\nthird from the top"');
});
