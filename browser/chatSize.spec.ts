import { describe, expect, it } from 'vitest';
import { type Name, readChatBundle, sizeOf } from './support/chatBundle.js';
import { chromiumPath } from './support/chromium.js';

const limit = 36_000;
const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

// The chat is built for the specs of the browser only.
describe.skipIf(chromiumPath === undefined)('the production build of the chat', () => {
  it('has no module of Node and no SDK in it', () => {
    const { packages, external } = readChatBundle();
    const expected = [
      '@angular/common',
      '@angular/core',
      '@angular/forms',
      '@angular/platform-browser',
      'marked',
      'rxjs',
      'rxllm',
      'tslib',
    ];
    expect(packages).toEqual(expected);
    expect(external).toEqual([]);
  });

  it('loads at most 36 kB of rxllm, gzip', async () => {
    const { atLoad, later, bytesAtLoad } = readChatBundle();
    const lines = await Promise.all(
      [...atLoad, ...later].map(async (each) => `  ${each.name} ${kB((await sizeOf([each])).gzip)}`),
    );
    const share = await sizeOf(atLoad);
    const all = await sizeOf([...atLoad, ...later]);
    const names = (list: readonly Name[]): string => list.map(({ name }) => name).join(', ');
    console.log(`rxllm in the production build, gzip; each name by itself:\n${lines.join('\n')}`);
    console.log(`loaded at once: ${kB(share.gzip)} (limit ${kB(limit)}): ${names(atLoad)}`);
    console.log(`loaded with the first table: ${kB(all.gzip - share.gzip)} more, together ${kB(all.gzip)}: ${names(later)}`);
    // What is measured is what the build has.
    expect(Math.abs(share.bytes / bytesAtLoad - 1)).toBeLessThan(0.03);
    expect(share.gzip).toBeLessThanOrEqual(limit);
  });
});
