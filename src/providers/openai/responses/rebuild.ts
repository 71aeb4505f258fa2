import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { OutputItem, TextKind } from './state.js';

/** The item as far as its deltas tell, for a provider that never gives it whole. */
export function rebuildItem({ added, call, texts }: OutputItem): JsonObject {
  const content = [
    ...partsOf(texts.text, (text) => ({ type: 'output_text', text, annotations: [] })),
    ...partsOf(texts.refusal, (refusal) => ({ type: 'refusal', refusal })),
    ...partsOf(texts.reasoning, (text) => ({ type: 'reasoning_text', text })),
  ];
  const summary = partsOf(texts.summary, (text) => ({ type: 'summary_text', text }));
  return {
    ...added,
    ...(content.length > 0 && { content }),
    ...(summary.length > 0 && { summary }),
    ...(call?.type.field && { [call.type.field]: wholeText(call.text) }),
  };
}

function partsOf(parts: OutputItem['texts'][TextKind], toPart: (text: string) => JsonObject): readonly JsonValue[] {
  return [...parts.values()].map(({ text }) => toPart(wholeText(text)));
}
