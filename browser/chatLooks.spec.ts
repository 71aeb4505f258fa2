import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from './support/chromium.js';
import { openChat } from './support/openChat.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong in the page, if it is serious. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  const findings = (await page.evaluate(
    `(async () => { ${axe}; return (await axe.run()).violations; })()`,
  )) as readonly Finding[];
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** The elements that reach beyond the right edge of the page, but for those that scroll. */
function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isCut = (element: Element): boolean => element.getBoundingClientRect().right > innerWidth + 0.5;
    const all = [...document.body.querySelectorAll('*:not(app-marble-strip *, pre *)')].filter(isCut);
    return all.map(({ tagName, textContent }) => `${tagName} ${textContent?.slice(0, 40)}`);
  });
}

describe.skipIf(chromiumPath === undefined)('the looks of the chat of the examples', () => {
  const opened = openChat(() => ({ everyMs: 3 }));
  let folder = '';

  beforeAll(() => {
    folder = process.env['RXLLM_SCREENSHOTS'] ?? mkdtempSync(join(tmpdir(), 'rxllm-chat-'));
    mkdirSync(folder, { recursive: true });
    console.log(`The pictures of the chat are in ${folder}`);
  });

  for (const theme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      it(`have no serious findings of axe in the ${theme} theme at ${width} px, and fit`, async () => {
        const { page, chat } = opened;
        await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.reload();
        const shoot = (name: string) => page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
        await page.getByRole('button', { name: 'Explain streaming' }).waitFor();
        expect(await seriousFindings(page)).toEqual([]);
        await shoot('empty');
        for (const question of ['Explain streaming', 'Show products as a table', 'Fill the customer form', 'Order a laptop']) {
          await chat.ask(question);
          await chat.hasStatus('done', 'waiting');
          await shoot(question.replaceAll(' ', '-').toLowerCase());
        }
        expect(await seriousFindings(page)).toEqual([]);
        expect(await cutOff(page)).toEqual([]);
      });
    }

    it(`have no serious findings of axe in the ${theme} theme after a failure`, async () => {
      const { page, chat } = opened;
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await chat.behave('unauthorized');
      await chat.ask('Explain streaming');
      await page.getByRole('alert').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.screenshot({ path: join(folder, `failure-${theme}-1280.png`) });
    });
  }

  it('change with the choice of a theme', async () => {
    const { page } = opened;
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('light');
    const light = await background();
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
    expect(await background()).not.toBe(light);
  });
});

describe.skipIf(chromiumPath === undefined)('the chat of the examples, by keyboard only', () => {
  const opened = openChat();

  /** Presses Tab until the element has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 60; presses++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
      });
      if (focused === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`No ${name} was reached by Tab`);
  }

  it('asks, stops, approves and edits', async () => {
    const { page, chat } = opened;
    await tabTo(page, 'Explain streaming');
    await page.keyboard.press('Enter');
    await chat.hasText(50);
    await tabTo(page, 'Stop');
    await page.keyboard.press('Enter');
    await chat.hasStatus('aborted');
    await chat.message.focus();
    await page.keyboard.type('Order a laptop');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('Please');
    await page.keyboard.press('Enter');
    await chat.hasStatus('waiting');
    await tabTo(page, 'Approve');
    await page.keyboard.press('Space');
    await chat.hasStatus('done');
    expect(await chat.text()).toContain('Your order is placed');
    expect(await page.getByTestId('question').last().textContent()).toContain('Please');
  });

  it('stops by Escape in the message', async () => {
    const { page, chat } = opened;
    await chat.message.focus();
    await page.keyboard.type('Explain streaming');
    await page.keyboard.press('Enter');
    await chat.hasText(50);
    await page.keyboard.press('Escape');
    await chat.hasStatus('aborted');
  });
});
