import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { replayCassette } from '../../../src/testing/index.js';
import { outlineOf } from '../../support/toolRun.js';
import { weatherRun } from '../../support/weatherRun.js';

const cassette = 'spec/fixtures/tools/weather.jsonl';
const shown = ['tool-call-end', 'tool-result', 'step', 'finish'];

describe('a cassette of two rounds', () => {
  it('replays a run of runTools: the second request matches by the result of the tool', async () => {
    const fetch = replayCassette(cassette, { speed: 0 });
    const events = await lastValueFrom(weatherRun('http://127.0.0.1:9/v1', fetch, () => ({ celsius: 21 })).pipe(toArray()));
    const outline = events.filter(({ type }) => shown.includes(type)).map((event) => outlineOf(event).replace(/call_\S+/, 'id'));
    expect(outline).toEqual(['call id', 'result id {"celsius":21}', 'step 1', 'finish stop']);
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : [])).join('')).toBe(
      'The tool answered {"celsius":21}.',
    );
  });

  it('has no answer to another result', async () => {
    const fetch = replayCassette(cassette, { speed: 0 });
    const events$ = weatherRun('http://127.0.0.1:9/v1', fetch, () => ({ celsius: 22 }));
    await expect(lastValueFrom(events$)).rejects.toThrow();
  });
});
