import { toErrorInfo } from 'rxllm';
import type { LaneMark } from 'rxllm/testing';

/** A mark of a lane as one line of JSON, an error as `toErrorInfo` describes it. The copied code prints the same. */
export function markJson(mark: LaneMark): string {
  return JSON.stringify(mark.kind === 'error' ? { ...mark, error: toErrorInfo(mark.error) } : mark);
}
