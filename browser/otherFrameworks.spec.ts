import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { codeBlocks } from './support/guide.js';

declare const seen: { readonly open: number };
declare const unmount: () => void;

const root = `${import.meta.dirname}/..`;
const folder = `${import.meta.dirname}/frameworks`;
const blocks = codeBlocks('React, and Vue');

/** Bundles a page with the code of the guide. */
async function buildPage(page: string, code: string): Promise<string> {
  const target = `${folder}/build/${page.split('.')[0]}`;
  mkdirSync(target, { recursive: true });
  for (const file of ['ask.ts', page]) copyFileSync(`${folder}/${file}`, `${target}/${file}`);
  writeFileSync(`${target}/useConversation.ts`, code);
  const { outputFiles } = await build({
    entryPoints: [`${target}/${page}`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'rxllm/testing': `${root}/src/testing/index.ts`, rxllm: `${root}/src/index.ts` },
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

describe.skipIf(chromiumPath === undefined).each([
  ['React', 'react.tsx', 'tsx'],
  ['Vue', 'vue.ts', 'ts'],
])('the chapter of docs/angular.md on %s', (_, page, language) => {
  const code = blocks.find((block) => block.language === language)?.code ?? '';
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    execFileSync('npx', ['tsx', 'scripts/installPackages.ts', 'browser/frameworks'], { cwd: root, stdio: 'inherit' });
    const script = await buildPage(page, code);
    browser = await launchChromium();
    tab = await browser.newPage();
    await tab.setContent('<title>Chat</title>');
    await tab.addScriptTag({ content: script, type: 'module' });
    await tab.waitForSelector('#status');
  });
  afterAll(() => browser.close());

  const textOf = (id: string): Promise<string> => tab.locator(`#${id}`).innerText();

  it('needs ten lines', () => {
    const lines = code.trim().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('import ')).length).toBeLessThanOrEqual(10);
  });

  it('shows an answer while it grows', async () => {
    await expect.poll(() => textOf('status')).toBe('idle');
    await tab.locator('#send').dispatchEvent('click');
    await expect.poll(() => textOf('text'), { interval: 5 }).not.toBe('');
    await expect.poll(() => textOf('turns')).toBe('user assistant');
    expect(await textOf('status')).toBe('idle');
  });

  it('aborts the answer that runs when it goes away', async () => {
    await tab.locator('#send').dispatchEvent('click');
    await expect.poll(() => tab.evaluate(() => seen.open), { interval: 5 }).toBe(1);
    await tab.evaluate(() => unmount());
    expect(await tab.evaluate(() => seen.open)).toBe(0);
  });
});
