/** Where each step of a stream began, so that a reset can go back there. */
export interface StepMarks<Mark> {
  begin(step: number, mark: Mark): void;
  /** Where a step began; `undefined` if it has not begun, so that there is nothing to take back. Forgets the steps after it. */
  rewind(step: number): Mark | undefined;
}

/** @param origin Where step 0 begins. */
export function createStepMarks<Mark>(origin: Mark): StepMarks<Mark> {
  const marks = new Map([[0, origin]]);
  return {
    begin: (step, mark) => void marks.set(step, mark),
    rewind(step) {
      for (const later of marks.keys()) if (later > step) marks.delete(later);
      return marks.get(step);
    },
  };
}
