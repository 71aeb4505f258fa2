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
  /** Created at the first step or reset, because most streams have neither. */
  let created: Map<number, Mark> | undefined;

  function marks(): Map<number, Mark> {
    created ??= new Map([[0, origin]]);
    return created;
  }

  return {
    set(step, mark) {
      marks().set(step, mark);
    },
    rewind(step) {
      for (const later of marks().keys()) if (later > step) marks().delete(later);
      return marks().get(step);
    },
  };
}
