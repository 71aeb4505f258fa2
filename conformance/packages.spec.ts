import { readFileSync } from 'node:fs';
import { uiMessageChunkSchema as schemaOf7 } from 'ai';
import { uiMessageChunkSchema as schemaOf6 } from 'ai-6';
import { firstValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bufferToText, type DeltaEvent } from '../src/index.js';

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const read = (path: string): Package =>
  JSON.parse(readFileSync(new URL(`${path}package.json`, import.meta.url), 'utf8')) as Package;

describe('the packages of the peers', () => {
  it.each(Object.entries(read('./').dependencies))('%s is the one that is pinned: %s', (name, pinned) => {
    expect(pinned).toMatch(/^(npm:.+@)?\d+\.\d+\.\d+$/);
    expect(read(`./node_modules/${name}/`).version).toBe(pinned.slice(pinned.lastIndexOf('@') + 1));
  });

  it.each([
    ['7', schemaOf7],
    ['6', schemaOf6],
  ])('version %s of the AI SDK checks what it reads', async (_, schema) => {
    expect((await schema().validate?.({ type: 'start' }))?.success).toBe(true);
    expect((await schema().validate?.({ type: 'rxllm-reset' }))?.success).toBe(false);
  });

  it('our operators read Observables of the RxJS that the peers bring', async () => {
    const events: readonly DeltaEvent[] = [
      { type: 'start', id: 'a', model: 'm', provider: 'p' },
      { type: 'text-delta', text: 'Hi', block: 0, choice: 0, phase: 'answer' },
    ];
    expect(await firstValueFrom(of(...events).pipe(bufferToText()))).toBe('Hi');
  });
});
