import type { ErrorInfo, TurnPart, Usage } from '../events.js';
import { addUsage } from '../metering/usageArithmetic.js';
import { addDecision, answerStart, answerTurns, isWaiting, withAllResults, withDecision, withoutPartial } from './answerTurns.js';
import type {
  CallDecision,
  ConversationCommand,
  ConversationConcurrency,
  ConversationState,
  ConversationTurn,
} from './conversationState.js';
import { type MessageState, pendingState } from './messageState.js';

/** A conversation, and what its state does not show. */
export interface ConversationProgress {
  readonly state: ConversationState;
  /** What the answers have used that have ended. */
  readonly settled: Usage | undefined;
  /** The number of requests. When it grows, the turns of the state are asked, and the request before is unsubscribed. */
  readonly asked: number;
}

/** What happens to a conversation: a command, or news of an answer. @param asked The number of its request. */
export type ConversationAction =
  | ConversationCommand
  | { readonly type: 'live'; readonly live: MessageState; readonly asked: number }
  | { readonly type: 'end'; readonly asked: number }
  | { readonly type: 'fault'; readonly error: ErrorInfo };

const emptyState: ConversationState = {
  turns: [],
  live: undefined,
  status: 'idle',
  queued: [],
  discarded: [],
  decisions: [],
  usage: undefined,
  error: undefined,
};

/** The conversation that begins with these turns, or goes on with a state. An answer that ran has been cut off. */
export function beginConversation(initial: readonly ConversationTurn[] | ConversationState): ConversationProgress {
  const state = 'turns' in initial ? { ...emptyState, ...initial } : { ...emptyState, turns: initial };
  const { usage } = state;
  const begun = settle({ state, settled: undefined, asked: 0 });
  const status = begun.state.status === 'idle' && isWaiting(begun.state.turns) ? 'waiting' : begun.state.status;
  return { ...update(begun, { status, usage }), settled: usage };
}

/** The next progress: a pure function. The same object if nothing changed. */
export function reduceConversation(
  progress: ConversationProgress,
  action: ConversationAction,
  concurrency: ConversationConcurrency,
): ConversationProgress {
  const { state } = progress;
  switch (action.type) {
    case 'send':
      if (state.live && concurrency === 'reject') return progress;
      return send(progress, toUserTurn(action), state.live !== undefined && concurrency === 'queue');
    case 'stop':
      return endAnswer(progress);
    case 'retry': {
      const start = answerStart(state.turns);
      return start === 0 ? progress : ask(cut(settle(progress), start));
    }
    case 'edit':
      return edit(progress, action.index, action.text);
    case 'approve':
      return approve(progress, { callId: action.callId, approved: action.approved });
    case 'clear':
      return clear(progress);
    case 'live':
      return action.asked === progress.asked ? withLive(progress, action.live) : progress;
    case 'end':
      return action.asked === progress.asked ? endAnswer(progress) : progress;
    case 'fault':
      return update(progress, { error: action.error, status: state.live ? state.status : 'error' });
  }
}

function update(progress: ConversationProgress, changes: Partial<ConversationState>): ConversationProgress {
  return { ...progress, state: { ...progress.state, ...changes } };
}

function toUserTurn({
  text,
  parts = [],
}: {
  readonly text?: string | undefined;
  readonly parts?: readonly TurnPart[] | undefined;
}): ConversationTurn {
  return { role: 'user', parts: text === undefined ? parts : [{ type: 'text', text }, ...parts] };
}

/** The turns before it in the queue go first. */
function send(progress: ConversationProgress, turn: ConversationTurn, waits: boolean): ConversationProgress {
  const queued = update(progress, { queued: [...progress.state.queued, turn] });
  return waits ? queued : askNext(settle(queued));
}

function askNext(progress: ConversationProgress): ConversationProgress {
  const { turns, queued } = progress.state;
  const [next, ...others] = queued;
  return next ? ask(update(progress, { turns: [...withAllResults(turns), next], queued: others })) : progress;
}

function ask(progress: ConversationProgress): ConversationProgress {
  const asking = update(progress, { live: pendingState, status: 'streaming', error: undefined, decisions: [] });
  return { ...asking, asked: progress.asked + 1 };
}

function withLive(progress: ConversationProgress, live: MessageState): ConversationProgress {
  const { state, settled } = progress;
  if (!state.live || live === state.live) return progress;
  const usage = live.usage === state.live.usage ? state.usage : usageWith(settled, live);
  return update(progress, { live, usage });
}

function usageWith(settled: Usage | undefined, { usage }: MessageState): Usage | undefined {
  return usage ? addUsage(settled, usage) : settled;
}

/** Ends the answer that runs: what has arrived of it becomes turns. */
function settle(progress: ConversationProgress): ConversationProgress {
  const { state } = progress;
  if (!state.live) return progress;
  const live = ended(state.live);
  const answered: readonly ConversationTurn[] = [...state.turns, ...answerTurns(live)];
  const turns = state.decisions.reduce(withDecision, answered);
  const usage = usageWith(progress.settled, live);
  const changes = {
    turns,
    live: undefined,
    status: statusAfter(live, turns),
    decisions: [],
    usage,
    error: withoutPartial(live.error),
  };
  return { ...update(progress, changes), settled: usage };
}

function ended(live: MessageState): MessageState {
  const { status } = live;
  if (status === 'done' || status === 'aborted' || status === 'error') return live;
  return { ...live, status: 'aborted', finishReason: 'aborted', retry: undefined };
}

function statusAfter({ status, finishReason }: MessageState, turns: readonly ConversationTurn[]): ConversationState['status'] {
  if (status === 'error') return 'error';
  return status === 'done' && (finishReason === 'paused' || isWaiting(turns)) ? 'waiting' : 'idle';
}

/** An answer that was decided on while it ran goes on; else the queue does, unless the answer failed or waits. */
function endAnswer(progress: ConversationProgress): ConversationProgress {
  const { live, decisions } = progress.state;
  if (!live) return progress;
  const settled = settle(progress);
  const { status, turns } = settled.state;
  if (live.status === 'done' && decisions.length > 0 && !isWaiting(turns)) return ask(settled);
  return status === 'idle' ? askNext(settled) : settled;
}

function edit(progress: ConversationProgress, index: number, text: string): ConversationProgress {
  const turn = progress.state.turns[index];
  if (turn?.role !== 'user') return progress;
  const kept = turn.parts.filter(({ type }) => type !== 'text');
  const before = cut(settle(progress), index);
  return ask(update(before, { turns: [...before.state.turns, toUserTurn({ text, parts: kept })] }));
}

/** Keeps the first turns and discards the others. */
function cut(progress: ConversationProgress, length: number): ConversationProgress {
  const { turns, discarded } = progress.state;
  if (turns.length === length) return progress;
  return update(progress, { turns: turns.slice(0, length), discarded: [...discarded, ...turns.slice(length)] });
}

function approve(progress: ConversationProgress, decision: CallDecision): ConversationProgress {
  const { state } = progress;
  if (state.live) {
    const waits = state.live.tools.some(({ callId, status }) => callId === decision.callId && status === 'waiting');
    const others = state.decisions.filter(({ callId }) => callId !== decision.callId);
    return waits ? update(progress, { decisions: [...others, decision] }) : progress;
  }
  if (state.status !== 'waiting') return progress;
  const replaced = withDecision(state.turns, decision);
  const turns = replaced === state.turns ? addDecision(replaced, decision) : replaced;
  const decided = update(progress, { turns });
  return isWaiting(turns) ? decided : ask(decided);
}

function clear(progress: ConversationProgress): ConversationProgress {
  const settled = settle(progress);
  const first = settled.state.turns.findIndex(({ role }) => role !== 'system');
  const system = first === -1 ? settled.state.turns.length : first;
  return update(cut(settled, system), { queued: [], status: 'idle', error: undefined });
}
