import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Catalogue } from '../site/playground/scene/catalogue.js';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { isBuilt, type PlaygroundServer, startPlaygroundServer } from './support/playgroundServer.js';

const root = join(import.meta.dirname, '..');
const { operators } = JSON.parse(readFileSync(join(root, 'site/playground/generated/catalogue.json'), 'utf8')) as Catalogue;

/** What a page has: its marks as JSON lines, and its code. */
interface Played {
  readonly lines: readonly string[];
  readonly code: string;
}

describe.skipIf(chromiumPath === undefined || !isBuilt)('the playground in Chromium', () => {
  let browser: Browser;
  let server: PlaygroundServer;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    server = await startPlaygroundServer();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    faults = [];
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  });
  afterEach(async () => {
    await page.context().close();
    expect(faults).toEqual([]);
  });

  const open = (rest = ''): Promise<unknown> => page.goto(`${server.origin}/${rest}`);
  const status = (): Promise<string> => page.locator('.pg-status').innerText();
  const ended = (): Promise<unknown> =>
    page.waitForFunction(() => /after .* ms, with/.test(document.querySelector('.pg-status')?.textContent ?? ''));
  const field = (name: string): ReturnType<Page['getByLabel']> => page.getByLabel(name, { exact: true });

  /** Presses a button that copies, and returns what it copied. */
  const copy = (what: 'events' | 'code' | 'link'): Promise<string> =>
    page.evaluate(async (name) => {
      await navigator.clipboard.writeText('');
      document.querySelector<HTMLElement>(`.pg-copy-${name}`)?.click();
      for (let turns = 0; turns < 500; turns++) {
        const text = await navigator.clipboard.readText();
        if (text !== '') return text;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`${name} copied nothing`);
    }, what);

  async function played(): Promise<Played> {
    await ended();
    const lines = (await copy('events')).split('\n');
    return { lines, code: await copy('code') };
  }

  async function write(script: string, ...codes: readonly string[]): Promise<void> {
    await field('Source script').fill(script);
    while ((await page.locator('.pg-remove').count()) > 0) await page.locator('.pg-remove').first().click();
    for (const [index, code] of codes.entries()) {
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await field(`Operator ${index + 1}, code`).fill(code);
    }
  }

  it('plays every preset, and its copied code prints the same in Node', async () => {
    const expected: Record<string, readonly string[]> = {};
    const codes: Record<string, string> = {};
    await open();
    for (const { id } of operators) {
      await field('Scene').selectOption(id);
      const { lines, code } = await played();
      expect([id, new URL(page.url()).hash]).toEqual([id, `#1~${id}`]);
      expected[id] = lines;
      codes[id] = code;
    }
    expect(await printedBy(codes)).toEqual(expected);
  }, 120_000);

  it('opens the preset that an address names', async () => {
    await open('#1~hedge');
    await ended();
    expect(await field('Operator 1, code').inputValue()).toBe('hedge(other, { afterMs: 4 })');
    expect(await field('Name 1').inputValue()).toBe('other');
  });

  it('opens the same scene from the address that was copied', async () => {
    await open();
    await write('attempt\n  start\n  text "größer 🙂"\n  finish', 'textDeltas()', 'map((text) => text.length)');
    await page.getByRole('button', { name: 'Play' }).click();
    const before = await played();
    const address = await copy('link');
    await page.goto('about:blank');
    await page.goto(address);
    await page.waitForFunction(() => document.querySelector('.pg-status')?.textContent?.startsWith('A shared scene'));
    expect(await field('Source script').inputValue()).toBe('attempt\n  start\n  text "größer 🙂"\n  finish');
    await page.getByRole('button', { name: 'Play' }).click();
    expect(await played()).toEqual(before);
    expect(before.lines[0]).toBe('{"kind":"next","atMs":0,"value":9}');
  });

  it.each(['#1.broken', '#9.abcd', '#1~nothing'])('explains an address that is no scene: %s', async (hash) => {
    await open(hash);
    await page.waitForFunction(() => document.querySelector('.pg-status')?.textContent?.startsWith('The address is no scene'));
    expect(await page.locator('.pg-code').innerText()).toContain('import');
  });

  it("shows the library's own error for a wrong option, at its operator", async () => {
    await open();
    await write('answer Hi|', 'smooth({ delay: 3 })');
    await page.getByRole('button', { name: 'Play' }).click();
    expect(await page.locator('#pg-fault-0').innerText()).toBe(
      'TypeError: smooth: unknown option "delay", did you mean "delayMs"?',
    );
    await field('Operator 1, code').fill('smooth({ delayMs: 0 })');
    await page.getByRole('button', { name: 'Play' }).click();
    expect(await page.locator('#pg-fault-0').innerText()).toBe('RangeError: delayMs must be > 0, got 0');
  });

  it('shows the line of a script that cannot be read', async () => {
    await open();
    await write('start\n\ntxt "a"');
    await page.getByRole('button', { name: 'Play' }).click();
    expect(await page.locator('#pg-script-fault').innerText()).toContain('line 3: there is no statement "txt"');
    expect((await page.locator('.pg-numbers b').innerText()).trim()).toBe('3');
  });

  it('writes an option of the form into the code', async () => {
    await open('#1~smooth');
    await ended();
    await page.getByText('Options', { exact: true }).click();
    await page.locator('#pg-option-0-delayMs').fill('20');
    await page.locator('#pg-option-0-delayMs').blur();
    expect(await field('Operator 1, code').inputValue()).toBe("smooth({ by: 'word', delayMs: 20 })");
  });

  it('runs no code of an address outside of its list of names', async () => {
    await open();
    await write('answer Hi|', 'map(() => [].constructor.constructor("document.title = 1")())');
    await page.getByRole('button', { name: 'Play' }).click();
    await ended();
    expect(await status()).toContain('Ended with an error');
    expect(await page.title()).toBe('Playground');
  });

  it('unsubscribes at once when it is stopped: no event comes after', async () => {
    await open();
    await write('start\nevery 10\nrepeat 1000 text "a"', 'accumulateText()');
    await field('Pace').selectOption('1');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction(() => Number.parseInt(document.querySelector('.pg-count')?.textContent ?? '0', 10) > 10);
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended();
    const { lines } = await played();
    expect(await status()).toContain('Unsubscribed after');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'unsubscribe' });
    await page.waitForTimeout(100);
    expect((await copy('events')).split('\n')).toHaveLength(lines.length);
  });

  it('moves in real time', async () => {
    await open();
    await write('start\nwait 400\nfinish');
    await field('Pace').selectOption('1');
    const begun = Date.now();
    await page.getByRole('button', { name: 'Play' }).click();
    await ended();
    expect(Date.now() - begun).toBeGreaterThan(390);
    expect(await status()).toBe('Completed after 400 ms, with 3 notifications.');
  });

  it.each([
    ['at once', 'every 0', '0'],
    ['in virtual time', 'every 1', '0'],
    ['in real time', 'every 1', '1'],
  ])('stays responsive with 5,000 events %s: no task takes 50 ms of the main thread', async (_when, every, pace) => {
    await open();
    await write(`start\n${every}\nrepeat 5000 text "word "\nfinish`, 'accumulateText()');
    await field('Pace').selectOption(pace);
    await page.waitForTimeout(500);
    const longestMs = await longestTask(browser, page, async () => {
      await page.getByRole('button', { name: 'Play' }).click();
      await ended();
    });
    expect(await status()).toContain('with 5001 notifications');
    expect(longestMs).toBeGreaterThan(0);
    expect(longestMs).toBeLessThan(50);
    expect(await page.locator('.pg-event').count()).toBeLessThan(60);
    expect(await page.locator('.pg-mark').count()).toBeLessThan(400);
  });

  it('can be used by the keyboard alone', async () => {
    await open();
    await ended();
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const { activeElement: node } = document;
        return (
          node?.getAttribute('aria-label') ??
          document.querySelector(`label[for="${node?.id}"]`)?.textContent ??
          node?.textContent ??
          ''
        );
      });
    async function tabTo(name: string): Promise<void> {
      for (let presses = 0; (await focused()) !== name; presses++) {
        if (presses > 60) throw new Error(`Tab never reaches "${name}"`);
        await page.keyboard.press('Tab');
      }
    }
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await tabTo('Scene');
    await page.keyboard.type('hedge');
    await ended();
    await tabTo('Pace');
    await tabTo('Play');
    await page.keyboard.press('Enter');
    await ended();
    await tabTo('source: 2 notifications');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^other: /);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^result: /);
    const active = page.locator(`#${await page.locator('.pg-row:focus').getAttribute('aria-activedescendant')}`);
    expect(await active.getAttribute('aria-label')).toMatch(/^\d+ ms, text-delta "c"$/);
    expect(await page.locator('.pg-json').innerText()).toContain('"text": "c"');
    await tabTo('Source script');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('answer Hi|');
    await tabTo('Operator 1, code');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('bufferToText()');
    await tabTo('Add');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Operator 2, code');
    await tabTo('Remove operator 2');
    await page.keyboard.press('Enter');
    await tabTo('Events as JSON');
    await page.keyboard.press('End');
    await tabTo('Copy code');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    for (let presses = 0; (await focused()) !== 'Play'; presses++) {
      if (presses > 60) throw new Error('Shift+Tab never reaches "Play"');
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Enter');
    await ended();
    expect((await played()).lines[0]).toContain('"value":"Hi"');
  });

  it.each([
    ['light', 1280],
    ['light', 390],
    ['dark', 1280],
    ['dark', 390],
  ])('has nothing serious for axe, in the %s theme at %d px', async (theme, width) => {
    await page.setViewportSize({ width, height: 900 });
    await open(`${theme === 'dark' ? '?dark' : ''}#1~retryStream`);
    await ended();
    for (const summary of await page.locator('.pg summary').all()) await summary.click();
    await page.locator('.pg-row').first().focus();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { readonly axe: typeof axe }).axe.run());
    const found = violations.map(
      ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    );
    expect(found).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** The time of the processor, in microseconds: a busy machine does not change it. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The longest task of the page's main thread during some work, in milliseconds of the processor. */
async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(threadOf));
  const tasks = traceEvents.filter((event) => event.name === 'RunTask' && main.has(threadOf(event)));
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1_000), 0);
}

/** Runs modules in one process of Node, on the built library; returns the lines that each prints. */
async function printedBy(codes: Readonly<Record<string, string>>): Promise<Readonly<Record<string, readonly string[]>>> {
  // Within the project, so that the names of packages are found.
  const folder = mkdtempSync(join(root, 'dist/.printed-'));
  try {
    for (const [id, code] of Object.entries(codes)) writeFileSync(join(folder, `${id}.mjs`), code);
    const main = `const printed = {}; const { log } = console;
for (const id of ${JSON.stringify(Object.keys(codes))}) {
  console.log = (line) => (printed[id] ??= []).push(line);
  await import('./' + id + '.mjs');
}
log(JSON.stringify(printed));`;
    writeFileSync(join(folder, 'main.mjs'), main);
    return JSON.parse(execFileSync(process.execPath, [join(folder, 'main.mjs')], { encoding: 'utf8' })) as Record<
      string,
      string[]
    >;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
