import type { FileReference, Turn } from '../../events.js';
import type { CallNames } from '../../message/callNames.js';
import { base64Of, isShown, nativeOf, type ResultPart, resultContents, type Shown, toShown } from '../../message/turnContent.js';
import { type AssistantMessage, chatCallNames, chatTurn } from './chat/turn.js';

/** A text or a file that a user shows to the model. */
export type ChatContent =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { filename: string; file_data: string } };

/** A message of a chat completion. Those of the assistant have the native fields of its API too. */
export type ChatMessage =
  | { role: 'system'; content: string | { type: 'text'; text: string }[] }
  | { role: 'user'; content: string | ChatContent[] }
  | AssistantMessage
  | ReplyMessage;

type ReplyMessage = { role: 'tool'; tool_call_id: string; content: string } | { role: 'function'; name: string; content: string };

/** One conversion: the names of its calls, and those in the older form of a function call. */
interface Conversion {
  readonly names: CallNames;
  readonly functionCalls: Set<string>;
}

/**
 * Converts turns to the messages of a chat completion, whatever API they come from. An answer of chat completions goes back losslessly; of
 * the answer of another API the text, the refusal, the calls of the caller's own tools and their results go back. What is lost then:
 * reasoning with its signatures and encrypted forms, tools that the provider ran with their results, citations, and files that the model made
 * (of audio, the transcript is kept). Ids of calls that come from elsewhere are cut to the 40 characters that OpenAI accepts.
 *
 * Files in a result follow as a user message, because tool messages accept only text. That a result is an error is in its text only. Approvals
 * are not sent.
 *
 * @throws TypeError for a file that the API does not take: one by its address that is not an image.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 * @example fromChatCompletions(client, { model, messages: chatMessages([...turns, ...messageTurns(message)]) })
 */
export function chatMessages(turns: readonly Turn[]): ChatMessage[] {
  const conversion: Conversion = { names: chatCallNames(), functionCalls: new Set() };
  return turns.flatMap((turn) => toMessages(turn, conversion));
}

function toMessages(turn: Turn, conversion: Conversion): readonly ChatMessage[] {
  const message = ownMessage(turn, conversion);
  const replies = turn.parts.flatMap((part) => (part.type === 'tool-result' ? [part] : []));
  const answered = replies.filter(({ callId }) => !conversion.names.isProvided(callId));
  const files = answered.flatMap(({ output }) => resultContents(output)).filter((content) => content.type === 'file');
  return [
    ...message,
    ...answered.map((part) => toReply(part, conversion)),
    ...(files.length === 0 ? [] : [{ role: 'user', content: files.map(toContent) } as const]),
  ];
}

/** The message of the turn itself, without the results of tools. */
function ownMessage(turn: Turn, { names, functionCalls }: Conversion): readonly ChatMessage[] {
  if (turn.role === 'assistant') {
    for (const part of turn.parts) {
      if (part.type === 'tool-call' && nativeOf(part, 'chat')?.['function_call']) functionCalls.add(part.callId);
    }
    return [chatTurn(turn, names)];
  }
  const shown = turn.parts.filter(isShown).map(toShown);
  const texts = shown.flatMap((content) => (content.type === 'text' ? [content] : []));
  const [only] = texts;
  if (shown.length === 0 || turn.role === 'tool') return [];
  const isText = texts.length === 1 && shown.length === 1;
  if (turn.role === 'user') return [{ role: 'user', content: isText && only ? only.text : shown.map(toContent) }];
  return texts.length === 0 ? [] : [{ role: 'system', content: isText && only ? only.text : texts }];
}

function toReply({ callId, name, output }: ResultPart, { names, functionCalls }: Conversion): ReplyMessage {
  const contents = resultContents(output);
  const texts = contents.flatMap((content) => (content.type === 'text' ? [content] : []));
  const content = texts.length === 0 ? 'The files follow.' : texts.map(({ text }) => text).join('\n');
  if (functionCalls.has(callId)) return { role: 'function', name, content };
  return { role: 'tool', tool_call_id: names.result(callId), content };
}

const audioFormats: ReadonlyMap<string, 'wav' | 'mp3'> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
]);

function toContent(content: Shown): ChatContent {
  return content.type === 'text' ? content : toFile(content);
}

function toFile(file: FileReference): ChatContent {
  const { mediaType, url, filename = 'file' } = file;
  if (mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } };
  const data = base64Of(file);
  if (data === undefined) throw new TypeError(`chatMessages: the API takes no address of a file of type ${mediaType}`);
  const format = audioFormats.get(mediaType);
  if (format) return { type: 'input_audio', input_audio: { data, format } };
  return { type: 'file', file: { filename, file_data: url } };
}
