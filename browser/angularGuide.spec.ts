import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { codeBlocks } from './support/guide.js';
import { createNewProject, freePort, type NewProject } from './support/newProject.js';

const blocks = codeBlocks('Five minutes');
const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code.trim().split('\n'));
const files = blocks.flatMap(({ file, code }) => (file === undefined ? [] : [{ file, code }]));
const answer = 'An answer is a stream of events, and this one comes a word at a time.';

// It installs Angular anew, which takes a minute and a network.
const isRun = chromiumPath !== undefined && process.env['CI'] !== undefined;
if (!isRun) console.log('docs/angular.md is not run in a new project: set CI=true to run it.');

describe('docs/angular.md', () => {
  it('has injectConversation.ts as the example has it', () => {
    const path = `${import.meta.dirname}/../examples/angular-chat/src/app/injectConversation.ts`;
    expect(files.find(({ file }) => file === 'src/app/injectConversation.ts')?.code).toBe(readFileSync(path, 'utf8'));
  });
});

describe.skipIf(!isRun)('the five minutes of docs/angular.md, in a new project', () => {
  let project: NewProject;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const begun = Date.now();
    project = createNewProject();
    const [install = [], serve = []] = commands;
    const [serverPort, pagePort] = [await freePort(), await freePort()];
    // All that is changed: the package comes from this folder, and the ports are free ones.
    for (const line of install) project.run(line.replace('install rxllm', `install ${project.tarball}`));
    for (const { file, code } of files) project.write(file, code.replaceAll('3000', String(serverPort)));
    for (const line of serve) project.start(line.includes('ng serve') ? `${line} --port ${pagePort}` : line.replace(/ &$/, ''));
    browser = await launchChromium();
    page = await browser.newPage();
    await vi.waitUntil(() => isServed(`http://localhost:${pagePort}`), { timeout: 120_000, interval: 250 });
    await page.goto(`http://localhost:${pagePort}`);
    console.log(`docs/angular.md: from ng new to a page in ${Math.round((Date.now() - begun) / 1_000)} s`);
  }, 600_000);
  afterAll(async () => {
    await browser.close();
    project.remove();
  });

  const paragraphs = (): Promise<readonly string[]> => page.locator('p').allInnerTexts();

  async function send(text: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
  }

  it('streams an answer', async () => {
    await send('What is an answer?');
    const seen = new Set<string>();
    const last = async (): Promise<string> => {
      const text = (await paragraphs()).at(-1) ?? '';
      seen.add(text);
      return text;
    };
    await expect.poll(last, { interval: 20, timeout: 10_000 }).toBe(`assistant ${answer}`);
    const growing = [...seen].filter((text) => text !== '' && answer.startsWith(text));
    expect(growing.length).toBeGreaterThan(3);
  });

  it('keeps what has arrived on Stop', async () => {
    await send('And again?');
    await expect.poll(async () => ((await paragraphs()).at(-1) ?? '').startsWith('An answer is'), { interval: 20 }).toBe(true);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(async () => (await paragraphs()).at(-1)).toMatch(/^assistant An answer is/);
    expect((await paragraphs()).at(-1)).not.toBe(`assistant ${answer}`);
  });
});

async function isServed(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
