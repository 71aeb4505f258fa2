import { describe, expect, it } from '@jest/globals';
import { createStepMarks } from '../../src/message/stepMarks.js';

describe('createStepMarks', () => {
  it('starts with the mark of step 0', () => {
    expect(createStepMarks('origin').rewind(0)).toBe('origin');
  });

  it('rewinds to the mark of a step and discards the marks of later steps', () => {
    const marks = createStepMarks('origin');
    marks.set(1, 'first');
    marks.set(2, 'second');
    expect(marks.rewind(1)).toBe('first');
    expect(marks.rewind(2)).toBeUndefined();
    expect(marks.rewind(1)).toBe('first');
    expect(marks.rewind(0)).toBe('origin');
    expect(marks.rewind(1)).toBeUndefined();
  });

  it('has no mark for a step that has not begun', () => {
    expect(createStepMarks('origin').rewind(3)).toBeUndefined();
  });
});
