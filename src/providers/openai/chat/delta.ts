import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { readAnnotations } from './annotations.js';
import { readFunctionCall, readToolCalls } from './calls.js';
import { readContent } from './content.js';
import { readAudio, readImages } from './files.js';
import { keepOpaque, readReasoning, reasoningFields } from './reasoning.js';
import type { ChatChoice, ChatState } from './state.js';
import { readExtraContent, readRefusal } from './texts.js';

export function readDelta(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  readReasoning(choice, delta, emit);
  readContent(choice, delta, emit);
  readRefusal(choice, delta, emit);
  readToolCalls(state, choice, delta, emit);
  readFunctionCall(state, choice, delta, emit);
  readAudio(state, choice, delta, emit);
  readImages(choice, delta, emit);
  readAnnotations(state, choice, delta, emit);
  readExtraContent(choice, delta);
  for (const field in delta) if (!knownFields.has(field)) keepOpaque(choice, field, delta[field]);
}

const knownFields: ReadonlySet<string> = new Set([
  ...reasoningFields,
  ...'role content text refusal tool_calls function_call audio images annotations extra_content'.split(' '),
]);
