/** Remembers a position at the beginning of each step, so that a `reset` can return to it. */
export interface StepMarks<Mark> {
  set(step: number, mark: Mark): void;
  /**
   * Discards the marks of all later steps.
   * @returns The mark of `step`; `undefined` if that step has not begun, so that there is nothing to discard.
   */
  rewind(step: number): Mark | undefined;
}

/** @param origin The mark of step 0, which no `step` event announces. */
export function createStepMarks<Mark>(origin: Mark): StepMarks<Mark> {
  const marks = [origin];
  return {
    set(step, mark) {
      marks[step] = mark;
    },
    rewind(step) {
      if (step < marks.length) marks.length = step + 1;
      return marks[step];
    },
  };
}
