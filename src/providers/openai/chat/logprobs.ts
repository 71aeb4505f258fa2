import { listOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatChoice } from './state.js';

/** Reads the log-probabilities of the tokens of the current block. */
export function readLogprobs(choice: ChatChoice, logprobs: JsonObject, emit: Emit): void {
  for (const tokens of [listOf(logprobs['content']), listOf(logprobs['refusal'])]) {
    if (tokens.length > 0) emit({ type: 'logprobs', block: choice.current?.number ?? 0, choice: choice.index, tokens });
  }
}
