import { isObject, objectOf } from '../codecs/json/jsonFields.js';
import { tryParseJson } from '../codecs/json/tryParseJson.js';
import { writeJson } from '../codecs/json/writeJson.js';
import type { FileReference, Turn, TurnPart } from '../events.js';
import { type CallNames, createCallNames } from '../message/callNames.js';
import {
  base64Of,
  isPlainCall,
  isShown,
  type ResultPart,
  resultContents,
  type Shown,
  textOfPart,
  toShown,
} from '../message/turnContent.js';

/** Options of a provider of the AI SDK, by its name: what it has sent as `providerMetadata`. */
type ProviderOptions = Record<string, SdkObject>;

/** JSON as the AI SDK types it: what it takes may be changed. */
type SdkJson = null | string | number | boolean | SdkJson[] | SdkObject;

interface SdkObject {
  [key: string]: SdkJson | undefined;
}

/** A part of a message of the AI SDK. */
export type ModelContent =
  | { type: 'text'; text: string; providerOptions?: ProviderOptions }
  | { type: 'reasoning'; text: string; providerOptions?: ProviderOptions }
  | { type: 'file'; mediaType: string; data: string | URL; filename?: string; providerOptions?: ProviderOptions }
  | {
      type: 'tool-call';
      toolCallId: string;
      toolName: string;
      input: unknown;
      providerExecuted?: boolean;
      providerOptions?: ProviderOptions;
    }
  | ModelToolResult;

/** The result of a tool, in the turn of the tool or, of the provider's own tools, in that of the assistant. */
export interface ModelToolResult {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output:
    | { type: 'text' | 'error-text'; value: string }
    | { type: 'json' | 'error-json'; value: SdkJson }
    | { type: 'content'; value: ({ type: 'text'; text: string } | { type: 'file-data'; data: string; mediaType: string })[] };
}

/** A message of the AI SDK, which its `ModelMessage` accepts. */
export type ModelMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: Exclude<ModelContent, { type: 'reasoning' | 'tool-call' | 'tool-result' }>[] }
  | { role: 'assistant'; content: ModelContent[] }
  | { role: 'tool'; content: ModelToolResult[] };

/**
 * Converts turns to the messages of the AI SDK, whatever API they come from. What `fromAiSdk` has read goes back with the metadata of its
 * provider, for instance the signatures of reasoning. Of an answer of another API the text, the refusal as text, files, the calls of the
 * caller's own tools and their results go back; what is lost then are reasoning with its signatures, citations, and tools that the provider ran.
 *
 * Approvals are not sent.
 *
 * @example streamText({ model, messages: modelMessages([...turns, ...messageTurns(message)]) })
 */
export function modelMessages(turns: readonly Turn[]): ModelMessage[] {
  const names = createCallNames('messages', (callId) => callId);
  return turns.flatMap((turn) => toMessages(turn, names));
}

function toMessages({ role, parts }: Turn, names: CallNames): readonly ModelMessage[] {
  if (role === 'system') {
    const content = parts.map(textOfPart).join('');
    return content === '' ? [] : [{ role, content }];
  }
  if (role === 'user') {
    const content = parts.filter(isShown).map(toShown).map(toShownContent);
    return content.length === 0 ? [] : [{ role, content }];
  }
  if (role === 'assistant') {
    const content = parts.flatMap((part) => toAssistantContent(part, names));
    return content.length === 0 ? [] : [{ role, content }, ...toolMessages(parts, names)];
  }
  return toolMessages(parts, names);
}

/** The results of the caller's tools. */
function toolMessages(parts: readonly TurnPart[], names: CallNames): readonly ModelMessage[] {
  const content = parts.flatMap((part) =>
    part.type === 'tool-result' && !names.isProvided(part.callId) ? [toResult(part, names.result(part.callId))] : [],
  );
  return content.length === 0 ? [] : [{ role: 'tool', content }];
}

function toAssistantContent(part: TurnPart, names: CallNames): readonly ModelContent[] {
  const providerOptions = optionsOf(part);
  const more = providerOptions && { providerOptions };
  switch (part.type) {
    case 'text':
    case 'refusal': {
      const text = textOfPart(part);
      return text === '' ? [] : [{ type: 'text', text, ...more }];
    }
    case 'reasoning':
      // Of another API it has no signature that the provider would take.
      return more === undefined && part.nativeFormat !== undefined ? [] : [{ type: 'reasoning', text: part.text, ...more }];
    case 'other':
      return more !== undefined && part.kind === 'reasoning' ? [{ type: 'reasoning', text: '', ...more }] : [];
    case 'file':
      return 'data' in part && part.data !== '' ? [{ type: 'file', mediaType: part.mediaType, data: part.data, ...more }] : [];
    case 'tool-call': {
      const toolCallId = names.call(part);
      if (!isPlainCall(part)) return [];
      const { name: toolName, argumentsText, format } = part;
      const parsed = argumentsText.trim() === '' ? {} : tryParseJson(argumentsText);
      return [
        {
          type: 'tool-call',
          toolCallId,
          toolName,
          input: format === 'text' ? argumentsText : (parsed ?? argumentsText),
          ...more,
        },
      ];
    }
    default:
      return [];
  }
}

/** The metadata that `fromAiSdk` has put into the native form. */
function optionsOf(part: TurnPart): ProviderOptions | undefined {
  const native = 'native' in part && part.nativeFormat === undefined ? part.native : undefined;
  const { providerMetadata } = objectOf(native);
  return isObject(providerMetadata) ? (providerMetadata as ProviderOptions) : undefined;
}

function toShownContent(content: Shown): Exclude<ModelContent, { type: 'reasoning' | 'tool-call' | 'tool-result' }> {
  if (content.type === 'text') return { type: 'text', text: content.text };
  const { mediaType, filename } = content;
  return { type: 'file', mediaType, data: dataOf(content), ...(filename !== undefined && { filename }) };
}

/** The data of a `data:` URL in base64, else the address. */
function dataOf(content: FileReference): string | URL {
  return base64Of(content) ?? new URL(content.url);
}

function toResult(part: ResultPart, toolCallId: string): ModelToolResult {
  const { name: toolName, output, isError } = part;
  const contents = resultContents(output);
  const base = { type: 'tool-result', toolCallId, toolName } as const;
  if (typeof output === 'string') return { ...base, output: { type: isError ? 'error-text' : 'text', value: output } };
  const [only] = contents;
  const isJson = contents.length === 1 && only?.type === 'text' && only.text === writeJson(output);
  if (isJson) return { ...base, output: { type: isError ? 'error-json' : 'json', value: output as SdkJson } };
  const value = contents.map((content) => {
    if (content.type === 'text') return { type: 'text' as const, text: content.text };
    const data = dataOf(content);
    return typeof data === 'string'
      ? { type: 'file-data' as const, data, mediaType: content.mediaType }
      : { type: 'text' as const, text: content.url };
  });
  return { ...base, output: { type: 'content', value } };
}
