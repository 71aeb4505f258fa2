import { describe, expect, it } from '@jest/globals';
import { createDemand, type Demand } from '../../src/handles/createDemand.js';

describe('createDemand', () => {
  it('is not paused at first', () => {
    const demand = createDemand();
    expect(demand.paused).toBe(false);
    demand.pause();
    expect(demand.paused).toBe(true);
    demand.resume();
    expect(demand.paused).toBe(false);
  });

  it('emits its state on subscribe, then each change once', () => {
    const demand = createDemand();
    const seen = statesOf(demand);
    for (const change of [demand.resume, demand.pause, demand.pause, demand.resume, demand.resume]) change();
    expect(seen).toEqual([false, true, false]);
  });

  it('has changed already when it emits the change', () => {
    const demand = createDemand();
    const agreed = statesOf(demand, (paused) => paused === demand.paused);
    demand.pause();
    demand.resume();
    expect(agreed).toEqual([true, true, true]);
  });

  describe('of several', () => {
    const setPaused = (demand: Demand, paused: boolean): void => (paused ? demand.pause() : demand.resume());

    it('is paused while the slowest consumer is', () => {
      const [display, response] = [createDemand(), createDemand()];
      const both = createDemand(display, response);
      const seen = statesOf(both);
      display.pause();
      response.pause();
      display.resume();
      expect(both.paused).toBe(true);
      response.resume();
      expect(both.paused).toBe(false);
      expect(seen).toEqual([false, true, false]);
    });

    it('is paused exactly while it is paused itself or one of them is', () => {
      const parts = [createDemand(), createDemand()];
      const joint = createDemand(...parts);
      for (let states = 0; states < 8; states++) {
        [...parts, joint].forEach((demand, bit) => setPaused(demand, ((states >> bit) & 1) === 1));
        expect(joint.paused).toBe(states !== 0);
      }
    });
  });
});

/** The values that `paused$` has emitted so far, or what a test makes of them. */
function statesOf({ paused$ }: Demand, read = (paused: boolean): boolean => paused): boolean[] {
  const states: boolean[] = [];
  const note = (paused: boolean): void => void states.push(read(paused));
  paused$.subscribe({ next: note, error: note });
  return states;
}
