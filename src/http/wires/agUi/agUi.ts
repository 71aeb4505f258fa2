import { checkOptions } from '../../../kernel/options.js';
import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { checkRunInput } from './checkRunInput.js';
import { createRunDecoder } from './decoder.js';
import { createRunEncoder } from './encoder.js';
import type { RunInput } from './runInput.js';

/** Options of {@link agUi}. */
export interface AgUiOptions {
  /**
   * The body of the request, which {@link readRunInput} reads: the answer names its run, follows its version, and needs its messages to take
   * back what was void. Required to encode. @defaultValue `undefined`
   */
  readonly input?: RunInput | undefined;
}

/** wire */
export function agUi(options: AgUiOptions = {}): Wire {
  checkOptions('agUi', options, ['input']);
  const { input } = options;
  if (input !== undefined) checkRunInput(input, 'agUi: input');
  return {
    headers,
    createEncoder() {
      if (input === undefined) throw new TypeError('agUi: input is required to encode');
      return createRunEncoder(input);
    },
    createDecoder: () => keepPartial(createRunDecoder()),
  };
}

const headers: Wire['headers'] = {};
