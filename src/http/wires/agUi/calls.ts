import { append, createGrowingText, type GrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type {
  ToolApprovalEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
  ToolResultEvent,
} from '../../../events.js';
import { checkDepth } from '../bounds.js';
import { type CallNote, noteKey } from './notes.js';
import type { Run } from './run.js';
import type { EndedCall } from './runEnd.js';
import type { ShownMessage } from './shownMessages.js';

interface RunCall {
  readonly event: ToolCallStartEvent;
  readonly step: number;
  /** Its id on this wire. */
  readonly id: string;
  readonly note: CallNote;
  readonly sent: GrowingText;
  /** The frame of a delta up to its text. */
  readonly head: string;
  owner: ShownMessage;
  open: boolean;
  answered: boolean;
  waits: boolean;
}

/** The calls of a run. */
export interface RunCalls {
  start(event: ToolCallStartEvent): void;
  delta(event: ToolCallDeltaEvent): void;
  /** @param snapshot Writes all messages, without the calls that are open. */
  end(event: ToolCallEndEvent, snapshot: () => void): void;
  /** The call of a block. */
  at(block: number): Pick<RunCall, 'id' | 'open'> | undefined;
  /** @returns False for a call of another choice, which is not shown. */
  isShown(callId: string): boolean;
  decide(event: ToolApprovalEvent): void;
  /** @returns The id of the message of the result. */
  answer(event: ToolResultEvent): string;
  hasOpen(): boolean;
  /** Ends the calls that have not ended, after a snapshot without them. */
  drop(): void;
  /** Forgets the calls of the steps from `step` on: they are void. */
  discard(step: number): void;
  /** Forgets the blocks of a round that ended. */
  forget(): void;
  /** The calls that ended and have no result. */
  unanswered(): readonly EndedCall[];
}

export function createRunCalls(run: Run): RunCalls {
  const blocks = new Map<number, RunCall>();
  const calls = new Map<string, RunCall>();
  const ofOtherChoices = new Set<string>();

  function ownerOf(step: number): ShownMessage {
    if (run.parent) return run.parent;
    const id = run.ids.message();
    const owner: ShownMessage = {
      step,
      id,
      role: 'assistant',
      text: undefined,
      calls: [],
      fields: {},
      encryptedValue: undefined,
    };
    run.shown.add(owner);
    run.parent = owner;
    return owner;
  }

  function putStart({ event, id, owner, note }: RunCall, again?: true): void {
    const metadata = { [noteKey]: { ...note, again } };
    run.put({ type: 'TOOL_CALL_START', toolCallId: id, toolCallName: event.name, parentMessageId: owner.id, metadata });
  }

  function putArguments(call: RunCall, text: string): void {
    if (text === '') return;
    append(call.sent, text);
    run.putText(`${call.head}${JSON.stringify(text)}}`);
  }

  /** The frame that ends a call which the last snapshot does not have. */
  function putDrop(toolCallId: string, again: boolean): void {
    run.put({ type: 'TOOL_CALL_END', toolCallId, metadata: { [noteKey]: again ? { again } : { dropped: true } } });
  }

  /** Writes the call again, after a snapshot without it. */
  function putAgain(call: RunCall, argumentsText: string): void {
    const { id, step, note } = call;
    putDrop(id, true);
    call.owner = ownerOf(step);
    putStart(call, true);
    const metadata = { [noteKey]: { ...note, again: true } };
    if (argumentsText !== '') run.put({ type: 'TOOL_CALL_ARGS', toolCallId: id, delta: argumentsText, metadata });
  }

  /** The arguments are others than those that were sent piece by piece: clients append, so the call has to be written again. */
  function replaceArguments(call: RunCall, argumentsText: string, snapshot: () => void): void {
    snapshot();
    for (const each of calls.values()) if (each.open) putAgain(each, each === call ? argumentsText : wholeText(each.sent));
  }

  return {
    start(event) {
      const { callId, block, choice, executor, format } = event;
      if (choice !== 0) return void ofOtherChoices.add(callId);
      const id = run.ids.begin(callId);
      const note: CallNote = {
        ...run.origin(block),
        ...(executor === 'provider' && { executor }),
        ...(format === 'text' && { format }),
        ...(id !== callId && { callId }),
      };
      const head = `{"type":"TOOL_CALL_ARGS","toolCallId":${JSON.stringify(id)},"delta":`;
      const { step } = run;
      const state = { open: true, answered: false, waits: false };
      const call: RunCall = { event, step, id, note, sent: createGrowingText(), head, owner: ownerOf(step), ...state };
      blocks.set(block, call);
      calls.set(callId, call);
      putStart(call);
    },
    delta({ callId, choice, argumentsText }) {
      const call = choice === 0 ? calls.get(callId) : undefined;
      if (call?.open) putArguments(call, argumentsText);
    },
    end({ callId, choice, argumentsText }, snapshot) {
      const call = choice === 0 ? calls.get(callId) : undefined;
      if (!call?.open) return;
      const sent = wholeText(call.sent);
      if (argumentsText.startsWith(sent)) putArguments(call, argumentsText.slice(sent.length));
      else replaceArguments(call, argumentsText, snapshot);
      call.open = false;
      const { id, event, note, owner } = call;
      run.put({ type: 'TOOL_CALL_END', toolCallId: id });
      const called = { name: event.name, arguments: argumentsText };
      owner.calls.push({ id, type: 'function', function: called, metadata: { [noteKey]: note } });
    },
    at: (block) => blocks.get(block),
    isShown: (callId) => !ofOtherChoices.has(callId),
    decide({ callId, approved }) {
      const call = calls.get(callId);
      if (call) call.waits = approved === undefined;
    },
    answer({ callId, name, output, isError }) {
      const call = calls.get(callId);
      if (call) call.answered = true;
      const messageId = run.ids.message();
      const toolCallId = run.ids.call(callId);
      const isText = typeof output === 'string';
      const note = {
        ...call?.note,
        ...((call === undefined || call.event.name !== name) && { name }),
        ...(isError && { isError }),
        ...(!isText && { json: true }),
      };
      const metadata = {
        [noteKey]: note,
        ...(isError && run.isTanStack && { tanstack: { state: 'output-error' } }),
      };
      if (!isText) checkDepth(output);
      const content = isText ? output : JSON.stringify(output);
      run.put({ type: 'TOOL_CALL_RESULT', messageId, toolCallId, content, role: 'tool', metadata });
      const fields = { toolCallId, content, metadata, ...(isError && { error: content }) };
      const message = {
        step: run.step,
        id: messageId,
        role: 'tool',
        text: undefined,
        calls: [],
        fields,
        encryptedValue: undefined,
      };
      run.shown.answer({ ...message, role: 'tool' }, toolCallId);
      return messageId;
    },
    hasOpen: () => [...calls.values()].some(({ open }) => open),
    drop() {
      for (const [callId, { id, open }] of calls) {
        if (!open) continue;
        putDrop(id, false);
        calls.delete(callId);
      }
    },
    discard(step) {
      for (const [callId, call] of calls) if (call.step >= step) calls.delete(callId);
    },
    forget: () => blocks.clear(),
    unanswered() {
      const ended = [...calls.values()].filter(({ open, answered }) => !open && !answered);
      return ended.map(({ id, event, owner, waits }) => {
        const argumentsText = owner.calls.find((call) => call.id === id)?.function.arguments ?? '';
        return { id, callId: event.callId, name: event.name, argumentsText, executor: event.executor, waits };
      });
    },
  };
}
