import { describe, expect, it } from '@jest/globals';
import { createStepMarks } from '../../src/message/stepMarks.js';

describe('createStepMarks', () => {
  it('knows where step 0 begins', () => {
    expect(createStepMarks('origin').rewind(0)).toBe('origin');
  });

  it('goes back to where a step began, and forgets the later ones', () => {
    const marks = createStepMarks('origin');
    marks.begin(1, 'first');
    marks.begin(2, 'second');
    expect(marks.rewind(1)).toBe('first');
    expect(marks.rewind(2)).toBeUndefined();
    expect(marks.rewind(1)).toBe('first');
    expect(marks.rewind(0)).toBe('origin');
    expect(marks.rewind(1)).toBeUndefined();
  });

  it('has nothing to go back to for a step that has not begun', () => {
    expect(createStepMarks('origin').rewind(3)).toBeUndefined();
  });
});
