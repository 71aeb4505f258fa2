import type { FileReference, Turn, TurnPart } from '../../events.js';
import type { CallNames } from '../../message/callNames.js';
import { base64Of, isShown, resultContents, resultText, type Shown, toShown } from '../../message/turnContent.js';
import { type AssistantTurn, messagesCallNames, messagesTurn } from './turn.js';

type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

/** A text or a file that a user or a tool shows to the model. */
export type ShownBlock =
  | { type: 'text'; text: string }
  | { type: 'image'; source: { type: 'base64'; media_type: ImageType; data: string } | { type: 'url'; url: string } }
  | {
      type: 'document';
      title?: string;
      source:
        | { type: 'base64'; media_type: 'application/pdf'; data: string }
        | { type: 'text'; media_type: 'text/plain'; data: string }
        | { type: 'url'; url: string };
    };

/** A block of a user's turn. */
export type UserBlock = ShownBlock | ToolResultBlock;

interface ToolResultBlock {
  type: 'tool_result';
  tool_use_id: string;
  content: string | ShownBlock[];
  is_error?: boolean;
}

/** A user's turn as an element of `params.messages`; the results of tools are a part of it. */
export interface UserTurn {
  readonly role: 'user';
  content: UserBlock[];
}

/** The conversation in the params of a request, for the messages resource and for its beta. */
export interface MessagesInput {
  system?: string;
  messages: Array<AssistantTurn | UserTurn>;
}

/**
 * Converts turns to the `system` and `messages` of a request, whatever API they come from. An answer of the messages API goes back losslessly;
 * of the answer of another API the text, the refusal as text, the calls of the caller's own tools and their results go back. What is lost
 * then: reasoning, which the API accepts only with a signature of its own, tools that the provider ran with their results, citations, and
 * files that the model made (of audio, the transcript is kept). Arguments that are no JSON object become the member of one. Characters that
 * the API does not accept in the id of a call are replaced.
 *
 * System turns are joined, wherever they are. Results and the user's turn after them are one message, results first. Approvals are not sent.
 *
 * @throws TypeError for a file that the API does not take: one that is not an image (JPEG, PNG, GIF or WebP), PDF or text.
 * @see https://platform.claude.com/docs/en/api/messages
 * @example fromMessages(client, { model, max_tokens, ...messagesParams([...turns, ...messageTurns(message)]) })
 */
export function messagesParams(turns: readonly Turn[]): MessagesInput {
  const names = messagesCallNames();
  const system: string[] = [];
  const messages: (AssistantTurn | UserTurn)[] = [];

  function addUser(content: UserTurn['content']): void {
    const last = messages.at(-1);
    if (last?.role === 'user') last.content.push(...content);
    else if (content.length > 0) messages.push({ role: 'user', content });
  }

  for (const turn of turns) {
    if (turn.role === 'assistant') {
      messages.push(messagesTurn(turn, names));
    } else if (turn.role === 'system') {
      system.push(...turn.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
    }
    addUser(turn.parts.flatMap((part) => toResult(part, names)));
    if (turn.role === 'user') addUser(turn.parts.filter(isShown).map(toShown).flatMap(toBlock));
  }
  return { ...(system.length > 0 && { system: system.join('\n\n') }), messages };
}

/** A block for a result of the caller's own tools; the provider's results stay in the assistant's turn, in their native form. */
function toResult(part: TurnPart, names: CallNames): readonly ToolResultBlock[] {
  if (part.type !== 'tool-result' || part.nativeFormat === 'messages' || names.isProvided(part.callId)) return [];
  const contents = resultContents(part.output);
  const content = resultText(contents) ?? contents.flatMap(toBlock);
  const result: ToolResultBlock = { type: 'tool_result', tool_use_id: names.result(part.callId), content };
  return [part.isError ? { ...result, is_error: true } : result];
}

function toBlock(content: Shown): readonly ShownBlock[] {
  if (content.type === 'file') return [toFile(content)];
  return content.text.trim() === '' ? [] : [content];
}

function toFile(file: FileReference): ShownBlock {
  const { mediaType, url, filename } = file;
  const data = base64Of(file);
  if (isImageType(mediaType) && data !== undefined)
    return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
  if (mediaType.startsWith('image/') && data === undefined) return { type: 'image', source: { type: 'url', url } };
  const title = filename === undefined ? {} : { title: filename };
  if (mediaType === 'application/pdf') {
    const source =
      data === undefined ? ({ type: 'url', url } as const) : ({ type: 'base64', media_type: mediaType, data } as const);
    return { type: 'document', source, ...title };
  }
  const isText = data !== undefined && (mediaType.startsWith('text/') || mediaType === 'application/json');
  if (isText) return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: decodeText(data) }, ...title };
  throw new TypeError(`messagesParams: the API takes no file of type ${mediaType}${data === undefined ? ' by its address' : ''}`);
}

const imageTypes: ReadonlySet<string> = new Set<ImageType>(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

function isImageType(mediaType: string): mediaType is ImageType {
  return imageTypes.has(mediaType);
}

function decodeText(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
