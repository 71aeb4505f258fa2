import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Scene } from '../../site/playground/scene/scene.js';
import { presetHash, readSceneHash, writeSceneHash } from '../../site/playground/scene/sceneHash.js';

const scene: Scene = {
  script: 'answer Hel-lo|',
  given: [{ name: 'other', code: `stream('s-a-f|')` }],
  operators: ['hedge(other, { afterMs: 4 })', 'toMessage()'],
  pace: 10,
};

const hashOf = async (json: unknown): Promise<string> => {
  const stream = new Blob([JSON.stringify(json)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return `#1.${Buffer.from(await new Response(stream).arrayBuffer()).toString('base64url')}`;
};

describe('the hash of a scene', () => {
  it('opens the same scene', async () => {
    const hash = await writeSceneHash(scene);
    expect(hash).toMatch(/^#1\.[\w-]+$/);
    expect(await readSceneHash(hash)).toEqual(scene);
  });

  it('opens any scene again', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(texts, { maxLength: 4 }), async (script, operators) => {
        const other = { ...scene, script, operators };
        expect(await readSceneHash(await writeSceneHash(other))).toEqual(other);
      }),
      { numRuns: 50 },
    );
  });

  it('names a preset', async () => {
    expect(await readSceneHash(presetHash('retryStream'))).toBe('retryStream');
  });

  it('of a long script is short, where it repeats itself', async () => {
    expect((await writeSceneHash({ ...scene, script: 'text "word "\n'.repeat(5_000) })).length).toBeLessThan(1_000);
  });

  it('is refused where it is too long for an address', async () => {
    const noise = Array.from({ length: 20_000 }, (_, index) => `${(index * 2_654_435_761) % 4_294_967_296}`).join(' ');
    await expect(writeSceneHash({ ...scene, script: noise })).rejects.toThrow('too long for an address');
  });

  it.each([
    ['', 'the address has no scene'],
    ['#usage', 'the address has no scene'],
    ['#2.abc', 'the address is of version 2, and this page reads version 1'],
    ['#1.!!', 'the address cannot be read: it is not base64url'],
    ['#1.abcd', 'the address cannot be read'],
    ['#1~<script>', 'the address names no preset'],
  ])('%s is refused', async (hash, message) => {
    await expect(readSceneHash(hash)).rejects.toThrow(message);
  });

  it.each([
    [null, 'the script of the address is not a text'],
    [[1, [], [], 0], 'the script of the address is not a text'],
    [['', [], [1], 0], 'the operators of the address are not texts'],
    [['', [], Array(21).fill('a'), 0], 'the operators of the address are not texts'],
    [['', [['a b', '1']], [], 0], 'a given name of the address is no name'],
    [['', [['return', '1']], [], 0], 'a given name of the address is no name'],
    [['', [['a', 1]], [], 0], 'a of the address is no text'],
    [['', [], [], 7], 'the pace of the address is none of 0, 1, 10, 100'],
  ])('of %j is refused', async (json, message) => {
    await expect(readSceneHash(await hashOf(json))).rejects.toThrow(message);
  });

  it('of a bomb is refused', async () => {
    await expect(readSceneHash(await hashOf(['a'.repeat(3_000_000), [], [], 0]))).rejects.toThrow('too long');
  });
});
