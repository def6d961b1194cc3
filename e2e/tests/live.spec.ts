// All tabs are live over one stream, which closes when no tab is visible and reconnects by itself.

import { addComputer, expect, computerRow, signIn, test, openOverview } from '../support/test.js';
import { countStreams, setVisibility } from '../support/tabs.js';

test('seven tabs are live over one stream', async ({ signedIn: page, context, muster }) => {
  const agent = await muster.startAgent('box');
  await addComputer(page, 'box', agent);
  await openOverview(page);
  await expect(computerRow(page, 'box')).toContainText('%');
  const streams = countStreams(context);
  await page.reload();
  const tabs = [page];
  for (let tab = 1; tab < 7; tab += 1) tabs.push(await context.newPage());
  await Promise.all(tabs.slice(1).map((tab) => tab.goto(muster.address)));

  await test.step('all are told of a computer that goes down', async () => {
    for (const tab of tabs) await expect(computerRow(tab, 'box')).toContainText('%');
    await expect.poll(streams.now).toBe(1);
    await agent.stop();
    for (const tab of tabs)
      await expect(computerRow(tab, 'box')).toContainText('connection refused');
    await expect.poll(streams.now).toBe(1);
  });

  await test.step('another takes over from one that is hidden', async () => {
    for (const tab of tabs.slice(0, 6)) await setVisibility(tab, 'hidden');
    await muster.startAgent('box', agent.address);
    await expect(computerRow(tabs[6]!, 'box')).toContainText('%');
    await expect(computerRow(tabs[6]!, 'box')).not.toContainText('connection refused');
    await expect.poll(streams.now).toBe(1);
  });

  await test.step('none is open while none is in sight', async () => {
    await setVisibility(tabs[6]!, 'hidden');
    await expect.poll(streams.now).toBe(0);
    await page.waitForTimeout(1_500);
    expect(streams.now()).toBe(0);
  });

  await test.step('one that comes into sight catches up from where it was', async () => {
    await setVisibility(page, 'visible');
    await expect(computerRow(page, 'box')).not.toContainText('connection refused');
    await expect.poll(streams.now).toBe(1);
    expect(streams.addresses.at(-1)).toMatch(/api\/live\?after=\w+-\d+$/);
  });
});

test('a lost stream is reported in every tab and reconnects', async ({
  signedIn: page,
  context,
  muster,
}) => {
  await addComputer(page, 'box', await muster.startAgent('box'));
  await openOverview(page);
  const other = await context.newPage();
  await other.goto(muster.address);
  for (const tab of [page, other]) await expect(computerRow(tab, 'box')).toContainText('%');
  await muster.whileStopped(async () => {
    for (const tab of [page, other])
      await expect(tab.getByText(/last update .+ ago, reconnecting/)).toBeVisible();
  });
  for (const tab of [page, other]) {
    await expect(tab.getByText(/reconnecting/)).toBeHidden();
    await expect(computerRow(tab, 'box')).toContainText('%');
  }
});

test("a session's stream ends with it in every tab", async ({ page, context, muster }) => {
  await signIn(page);
  await expect(page.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  const other = await context.newPage();
  await other.goto(muster.address);
  await expect(other.getByRole('heading', { name: 'No computers yet' })).toBeVisible();
  const streams = countStreams(context);
  await page.goto('logout');
  await expect(page.getByLabel('User name')).toBeVisible();
  await expect(other.getByLabel('User name')).toBeVisible();
  await expect.poll(streams.now).toBe(0);
});
