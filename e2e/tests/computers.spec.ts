import {
  addComputer,
  expect,
  mainCharts,
  computerRow,
  signIn,
  test,
  openOverview,
} from '../support/test.js';

test('an agent is added, monitored, goes down and is removed', async ({
  signedIn: page,
  muster,
}) => {
  const agent = await muster.startAgent('box');

  await test.step('the empty overview leads to Manage', async () => {
    await expect(page.getByText('muster-agent')).toBeVisible();
    await page.getByRole('link', { name: 'Paste it under Manage' }).click();
  });

  await test.step('testing the connection says what it found', async () => {
    // Without a scheme, as people type it.
    await page.getByLabel('Address').fill(agent.address.replace('http://', ''));
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText(/^Did not work: .*token/)).toBeVisible();
    await page.getByLabel('Token').fill(agent.token);
    await expect(page.getByText(/^Did not work/)).toBeHidden();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText(/^Found .+ \(.+\), answered in \d+ ms\.$/)).toBeVisible();
    await expect(page.getByLabel('Name')).not.toBeEmpty();
    await expect(page.getByLabel('Address')).toHaveValue(agent.address);
  });

  await test.step('it is added', async () => {
    await page.getByLabel('Name').fill('box');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByText('box was added')).toBeVisible();
    await expect(computerRow(page, 'box')).toContainText(agent.address);
    await page.getByRole('button', { name: 'Test connection' }).first().click();
    await expect(page.getByText('Enter the address at which the agent listens.')).toBeVisible();
    await expect(page.getByText('box was added')).toBeHidden();
  });

  await test.step('its numbers change without a hand', async () => {
    await openOverview(page);
    const row = computerRow(page, 'box');
    for (const column of [2, 3, 4])
      await expect(row.getByRole('cell').nth(column)).toHaveText(/\d+\s%/);
    await expect(row).toContainText('now');
    const before = await row.innerText();
    await expect.poll(() => row.innerText()).not.toBe(before);
  });

  await test.step('its page has facts, charts and processes', async () => {
    await computerRow(page, 'box').getByRole('link').click();
    await expect(page.getByRole('heading', { name: 'box', exact: true })).toBeVisible();
    await expect(page.getByText(/GiB used, .+ available/)).toBeVisible();
    await expect(page.getByText(/used, .+ free/)).toBeVisible();
    await expect(mainCharts(page)).toHaveCount(4);
    await page.getByRole('button', { name: '6 h' }).click();
    await expect(page.getByRole('button', { name: '6 h' })).toHaveAttribute('aria-pressed', 'true');
    await page.getByRole('button', { name: '1 h', exact: true }).click();
    const crosshair = page.getByRole('slider', { name: 'Moment under the crosshair' });
    await expect(async () => {
      await crosshair.press('End');
      await crosshair.press('ArrowLeft');
      await expect(crosshair).toHaveAttribute('aria-valuetext', /CPU \d+\s%, Memory \d+\s%/, {
        timeout: 500,
      });
    }).toPass();
    await expect(page.getByRole('table').getByRole('row')).not.toHaveCount(1);
  });

  await test.step('its processes are sorted by name, CPU and memory', async () => {
    const names = page.getByRole('table').getByRole('row').getByRole('cell').first();
    const head = (name: string) => page.getByRole('columnheader', { name });
    await expect(head('CPU')).toHaveAttribute('aria-sort', 'descending');
    await head('Memory').getByRole('button').click();
    await expect(head('Memory')).toHaveAttribute('aria-sort', 'descending');
    await expect(head('CPU')).toHaveAttribute('aria-sort', 'none');
    await head('Name').getByRole('button').click();
    await expect(head('Name')).toHaveAttribute('aria-sort', 'ascending');
    const first = await names.innerText();
    await head('Name').getByRole('button').click();
    await expect(head('Name')).toHaveAttribute('aria-sort', 'descending');
    await expect(names).not.toHaveText(first);
  });

  await test.step('when it stops, the page says why', async () => {
    await agent.stop();
    await expect(page.locator('.state')).toContainText(/down since .+: connection refused/);
    await openOverview(page);
    await expect(computerRow(page, 'box')).toContainText(/down for .+: connection refused/);
    await page.getByRole('button', { name: '1 down' }).click();
    await expect(page).toHaveURL(/show=down/);
    await expect(computerRow(page, 'box')).toBeVisible();
  });

  await test.step('it is removed after a question', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();
    await page.getByRole('button', { name: 'Remove box' }).click();
    const question = page.getByRole('dialog', { name: 'Remove box?' });
    await expect(question).toContainText('it is no longer polled');
    await expect(question).toContainText(
      /kept for 7 days, until \w+ \w+(,? \d{4})?, \d\d:\d\d\. Until then, “Bring back”/,
    );
    await question.getByRole('button', { name: 'Cancel' }).click();
    await expect(computerRow(page, 'box')).toBeVisible();
    await page.getByRole('button', { name: 'Remove box' }).click();
    await question.getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('box was removed')).toBeVisible();
    await expect(computerRow(page, 'box')).toHaveCount(0);
    await expect(
      page.getByText(/can be brought back until \w+ \w+(,? \d{4})?, \d\d:\d\d/),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Bring box back' }).click();
    await expect(page.getByText('box is back')).toBeVisible();
    await page.getByRole('button', { name: 'Remove box' }).click();
    await question.getByRole('button', { name: 'Remove' }).click();
    await expect(computerRow(page, 'box')).toHaveCount(0);
    await openOverview(page);
    await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  });
});

test('two agents are distinguished, sorted, found and renamed', async ({
  signedIn: page,
  muster,
}) => {
  const [first, second] = [await muster.startAgent('first'), await muster.startAgent('second')];
  await addComputer(page, 'first', first);
  await addComputer(page, 'second', second);
  await second.stop();

  await openOverview(page);
  const names = page.getByRole('row').getByRole('link');
  await expect(page.getByRole('button', { name: '1 down' })).toBeVisible();
  await expect(names).toHaveText(['second', 'first']);
  await page.getByRole('button', { name: 'Computer', exact: true }).click();
  await expect(names).toHaveText(['first', 'second']);
  await page.getByLabel('Search computers').fill('SEC');
  await expect(names).toHaveText(['second']);
  await expect(page).toHaveURL(/search=SEC/);

  await page.getByRole('navigation').getByRole('link', { name: 'Manage' }).click();
  await page.getByRole('button', { name: 'Change first' }).click();
  const form = computerRow(page, 'first');
  await expect(form.getByLabel('Token')).toBeEmpty();
  await form.getByRole('button', { name: 'Test connection' }).click();
  await expect(form.getByText(/^Found /)).toBeVisible();
  await form.getByLabel('Name').fill('renamed');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('renamed was changed')).toBeVisible();
  await expect(computerRow(page, 'renamed')).toContainText(/healthy|needs attention/);

  await page.getByLabel('Address').first().fill(first.address);
  await page.getByLabel('Token').first().fill(first.token);
  await page.getByLabel('Name').first().fill('renamed');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText(/taken/)).toBeVisible();
});

test('the page reports a lost server and recovers by itself', async ({
  signedIn: page,
  muster,
}) => {
  const agent = await muster.startAgent('box');
  await addComputer(page, 'box', agent);
  await openOverview(page);
  const status = page.getByText(/^last update .+ ago, reconnecting$/);
  await muster.whileStopped(async () => {
    await expect(status).toBeVisible();
    await expect(computerRow(page, 'box')).toBeVisible();
  });
  await expect(status).toBeHidden();
  await agent.stop();
  await expect(computerRow(page, 'box')).toContainText('connection refused');
});

test('a viewer sees everything and why nothing can be changed', async ({ page, muster }) => {
  await muster.addViewer('eve', 'sees-all-of-it');
  await signIn(page, 'sees-all-of-it', 'eve');
  await expect(page.getByText('An administrator can then paste it under Manage.')).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Manage' })).toHaveCount(0);
  await page.goto('manage');
  await expect(page.getByText('can see all computers and change none')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add' })).toHaveCount(0);
});

test('unknown pages and computers say so', async ({ signedIn: page }) => {
  await page.goto('computer/77');
  await expect(page.getByText('There is no computer 77')).toBeVisible();
  await page.goto('nowhere');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
});
