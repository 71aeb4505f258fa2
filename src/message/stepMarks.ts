/** Where each step of a stream began, so that a reset can go back there. */
export interface StepMarks<Mark> {
  begin(step: number, mark: Mark): void;
  /** Where a step began; `undefined` if it has not begun, so that there is nothing to take back. Forgets the steps after it. */
  rewind(step: number): Mark | undefined;
}

/** @param origin Where step 0 begins. */
export function createStepMarks<Mark>(origin: Mark): StepMarks<Mark> {
  /** Most streams have but one step. */
  let marks: Map<number, Mark> | undefined;
  return {
    begin(step, mark) {
      marks ??= new Map();
      marks.set(step, mark);
    },
    rewind(step) {
      for (const later of marks?.keys() ?? []) if (later > step) marks?.delete(later);
      return marks?.get(step) ?? (step === 0 ? origin : undefined);
    },
  };
}
