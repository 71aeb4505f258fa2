import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { drawRun } from '../../scripts/docs/pictures.js';
import { runs } from '../../scripts/docs/runs.js';
import { markJson } from '../../site/playground/run/markJson.js';
import { playScene, type SceneRun } from '../../site/playground/run/playScene.js';
import type { Catalogue } from '../../site/playground/scene/catalogue.js';
import { sceneCode } from '../../site/playground/scene/sceneCode.js';
import { readScript } from '../../site/playground/script/readScript.js';
import { toMarbleDiagram } from '../../src/testing/index.js';
import { printedBy } from './printedBy.js';

const { operators } = JSON.parse(readFileSync('site/playground/generated/catalogue.json', 'utf8')) as Catalogue;

async function resultOf(preset: Catalogue['operators'][number]['preset']): Promise<SceneRun> {
  const run = playScene({ ...preset, pace: 0 });
  await run.ended;
  return run;
}

describe.each(operators)('the preset of $name', ({ id, from, preset }) => {
  it('plays what the page of the operator shows', async () => {
    const run = await resultOf(preset);
    const page = await drawRun(id, runs[id] ?? { source: '' }, from, id);
    const rows = (text: string): readonly string[] => text.split('\n').filter((line) => /^result /.test(line));
    expect(rows(toMarbleDiagram(run.lanes))).toEqual(rows(page.text));
  });
});

describe('the code of a preset', () => {
  it('prints what the page shows, in Node', async () => {
    const expected: Record<string, unknown> = {};
    for (const { id, preset } of operators) {
      const run = await resultOf(preset);
      expected[id] = run.lanes.at(-1)?.runs[0]?.marks.map(markJson);
    }
    const codes = operators.map(({ id, preset }) => [id, sceneCode({ ...preset, pace: 0 }, readScript(preset.script))] as const);
    expect(printedBy(new Map(codes))).toEqual(expected);
  }, 60_000);
});

describe('a scene that works with promises', () => {
  it('plays, and its code prints the same in Node', async () => {
    const scene = {
      script: 'stream s--a--b--f|',
      given: [
        { name: 'store', code: 'memoryStore()' },
        {
          name: 'late$',
          code: `timer(20).pipe(mergeMap(() => resumeFrom(store, 'run-1')), map(({ id, event }) => [id, event.type]))`,
        },
      ],
      operators: [`persistTo(store, 'run-1')`, '(stored$) => merge(stored$.pipe(ignoreElements()), late$)'],
      pace: 0,
    };
    const run = playScene(scene);
    expect(await run.ended).toBe('complete');
    const lines = run.lanes.at(-1)?.runs[0]?.marks.map(markJson) ?? [];
    expect(lines).toHaveLength(5);
    expect(printedBy(new Map([['stored', sceneCode(scene, readScript(scene.script))]]))).toEqual({ stored: lines });
  });
});
