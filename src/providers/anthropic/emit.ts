import { append } from '../../codecs/text/growingText.js';
import type { Emit } from '../wire/wireFormat.js';
import type { ContentBlock } from './state.js';

// What the deltas of a block say, and what its start may say already. Empty text says nothing.

export function extendText(block: ContentBlock, text: string, emit: Emit): void {
  if (text === '') return;
  append(block.text, text);
  emit({ type: 'text-delta', text, block: block.number, choice: 0, phase: 'answer' });
}

export function extendThinking(block: ContentBlock, text: string, emit: Emit): void {
  if (text === '') return;
  append(block.text, text);
  emit({ type: 'reasoning-delta', text, block: block.number, choice: 0 });
}

export function extendInput(block: ContentBlock, argumentsText: string, emit: Emit): void {
  if (argumentsText === '') return;
  append(block.text, argumentsText);
  if (block.call === undefined) return;
  emit({ type: 'tool-call-delta', callId: block.call.callId, argumentsText, block: block.number, choice: 0 });
}
