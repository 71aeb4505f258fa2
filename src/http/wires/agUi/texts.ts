import { append, createGrowingText, type GrowingText } from '../../../codecs/text/growingText.js';
import type { ReasoningDeltaEvent, RefusalDeltaEvent, TextDeltaEvent } from '../../../events.js';
import { type NativeNote, noteKey, type TextNote } from './notes.js';
import type { Run } from './run.js';
import type { ShownMessage } from './shownMessages.js';

export type TextEvent = TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent;

/** A text, a refusal or a reasoning: each is a message of its own. */
interface TextBlock {
  readonly type: TextEvent['type'];
  readonly block: number;
  readonly id: string;
  readonly note: TextNote;
  readonly message: ShownMessage;
  readonly text: GrowingText;
  /** The frame of a delta up to its text. */
  readonly head: string;
  open: boolean;
}

/** The texts of a run. Several may be open, because blocks may alternate. */
export interface RunTexts {
  delta(event: TextEvent): void;
  /**
   * Ends a text.
   * @param note Its native form, if a frame of the message itself has to carry that.
   * @returns The id of its message; `undefined` if the block is no text that was shown.
   */
  end(block: number, note: NativeNote | undefined): string | undefined;
  /** Whether a block is reasoning that was shown. */
  isReasoning(block: number): boolean;
  /** Adds a reasoning message without text. @returns Its id. */
  addEmpty(block: number): string;
  /** Ends all texts. Another delta of a block opens its message again. */
  close(): void;
  /** Forgets the blocks of a round that ended. */
  forget(): void;
}

export function createRunTexts(run: Run): RunTexts {
  const blocks = new Map<number, TextBlock>();
  /** The block of the last delta: most likely the next one extends it too. */
  let latest: TextBlock | undefined;

  function begin(event: TextEvent): TextBlock {
    const { type, block } = event;
    // The client of TanStack would show again, or write over, what a message has.
    if (run.isTanStack) closeAll();
    const known = blocks.get(block);
    if (known?.open && known.type === type) return known;
    if (known?.type === type && !run.isTanStack) return reopen(known);
    if (known?.open) endText(known);
    const id = run.ids.message();
    const isReasoning = type === 'reasoning-delta';
    const note = noteOf(event);
    const metadata = { [noteKey]: note };
    if (isReasoning) putReasoningStart(id, metadata);
    else run.put({ type: 'TEXT_MESSAGE_START', messageId: id, role: 'assistant', metadata });
    const frame = isReasoning ? 'REASONING_MESSAGE_CONTENT' : 'TEXT_MESSAGE_CONTENT';
    const head = `{"type":"${frame}","messageId":${JSON.stringify(id)},"delta":`;
    const message = show(id, isReasoning ? 'reasoning' : 'assistant', metadata);
    const begun = { type, block, id, note, message, text: message.text, head, open: true };
    blocks.set(block, begun);
    return begun;
  }

  function reopen(text: TextBlock): TextBlock {
    text.open = true;
    if (text.type === 'reasoning-delta') putReasoningStart(text.id, undefined);
    else run.put({ type: 'TEXT_MESSAGE_START', messageId: text.id, role: 'assistant' });
    return text;
  }

  function show(id: string, role: 'assistant' | 'reasoning', metadata: object): ShownMessage & { readonly text: GrowingText } {
    const text = createGrowingText();
    const message = { step: run.step, id, role, text, calls: [], fields: { metadata }, encryptedValue: undefined };
    run.shown.add(message);
    run.parent = role === 'assistant' ? message : undefined;
    return message;
  }

  function noteOf(event: TextEvent): TextNote {
    const origin = run.origin(event.block);
    if (event.type === 'refusal-delta') return { ...origin, type: 'refusal' };
    return event.type === 'text-delta' && event.phase !== 'answer' ? { ...origin, phase: event.phase } : origin;
  }

  function putReasoningStart(messageId: string, metadata: object | undefined): void {
    run.put({ type: 'REASONING_START', messageId });
    run.put({ type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning', metadata });
  }

  function putReasoningEnd(messageId: string): void {
    run.put({ type: 'REASONING_MESSAGE_END', messageId });
    run.put({ type: 'REASONING_END', messageId });
  }

  function endText(text: TextBlock, metadata?: object): void {
    text.open = false;
    if (latest === text) latest = undefined;
    if (text.type === 'reasoning-delta') putReasoningEnd(text.id);
    else run.put({ type: 'TEXT_MESSAGE_END', messageId: text.id, metadata });
  }

  function closeAll(): void {
    for (const text of blocks.values()) if (text.open) endText(text);
  }

  return {
    delta(event) {
      if (event.choice !== 0 || event.text === '') return;
      if (latest === undefined || latest.block !== event.block || latest.type !== event.type) latest = begin(event);
      append(latest.text, event.text);
      run.putText(`${latest.head}${JSON.stringify(event.text)}}`);
    },
    end(block, note) {
      const text = blocks.get(block);
      if (text === undefined) return undefined;
      const metadata = note && text.type !== 'reasoning-delta' ? { [noteKey]: { ...text.note, ...note } } : undefined;
      if (metadata) text.message.fields = { metadata };
      if (!text.open && metadata) run.put({ type: 'TEXT_MESSAGE_START', messageId: text.id, role: 'assistant' });
      if (text.open || metadata) endText(text, metadata);
      return text.id;
    },
    isReasoning: (block) => blocks.get(block)?.type === 'reasoning-delta',
    addEmpty(block) {
      const id = run.ids.message();
      const metadata = { [noteKey]: run.origin(block) };
      putReasoningStart(id, metadata);
      show(id, 'reasoning', metadata);
      putReasoningEnd(id);
      return id;
    },
    close: closeAll,
    forget() {
      blocks.clear();
      latest = undefined;
    },
  };
}
