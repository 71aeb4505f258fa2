import { isObject, listOf, objectOf, textOf } from '../../src/codecs/json/jsonFields.js';
import { tryParseJson } from '../../src/codecs/json/tryParseJson.js';
import type { JsonObject, JsonValue, NativeFormat, Turn } from '../../src/events.js';

/** What a conversation says, without the form in which an API takes it. */
export interface Contents {
  readonly system: string;
  readonly user: string;
  readonly assistant: string;
  /** Name and arguments of each call. */
  readonly calls: readonly (readonly [name: string, input: JsonValue])[];
  /** The number of the call that each result answers, and its text. */
  readonly results: readonly (readonly [call: number, text: string])[];
  /** The addresses of files, and the base64 of those that are sent as data. */
  readonly files: readonly string[];
}

/** Collects contents in the order in which a request or turns have them. */
class Collector implements Contents {
  system = '';
  user = '';
  assistant = '';
  readonly calls: [string, JsonValue][] = [];
  readonly results: [number, string][] = [];
  readonly files: string[] = [];
  readonly #ids: string[] = [];

  say(role: string, text: string): void {
    if (role === 'system') this.system += text.trim();
    else if (role === 'assistant') this.assistant += text;
    else this.user += text;
  }
  call(id: string, name: string, argumentsText: string, isText: boolean): void {
    this.#ids.push(id);
    const parsed = argumentsText.trim() === '' ? {} : tryParseJson(argumentsText);
    this.calls.push([name, isText ? { input: argumentsText } : isObject(parsed) ? parsed : { INVALID_JSON: argumentsText }]);
  }
  result(id: string, text: string): void {
    this.results.push([this.#ids.lastIndexOf(id), text]);
  }
  file(url: string): void {
    this.files.push(url.replace(/^data:[^,]*,/, ''));
  }
  done(): Contents {
    const { system, user, assistant, calls, results, files } = this;
    return { system, user, assistant, calls, results, files };
  }
}

/** What turns say to an API that is not theirs. */
export function contentsOfTurns(turns: readonly Turn[]): Contents {
  const said = new Collector();
  const provided = new Set<string>();
  for (const { role, parts } of turns) {
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'refusal') said.say(role, part.text);
      if (part.type === 'file' && 'transcript' in part) said.say(role, part.transcript ?? '');
      if (part.type === 'file' && role === 'user') said.file('url' in part ? part.url : part.data);
      if (part.type === 'tool-call') {
        if (part.executor === 'client') provided.delete(part.callId);
        else provided.add(part.callId);
        const isSent = part.executor === 'client' && part.ended;
        if (isSent) said.call(part.callId, part.name, part.argumentsText, part.format === 'text');
      }
      if (part.type === 'tool-result' && !provided.has(part.callId)) resultOf(part.callId, part.output, said);
    }
  }
  return said.done();
}

function resultOf(callId: string, output: JsonValue, said: Collector): void {
  const items = listOf(output).map(objectOf);
  const isContent = items.length > 0 && items.every(({ type }) => type === 'text' || type === 'file' || type === 'image');
  const texts = items.flatMap(({ type, text }) => (type === 'text' ? [textOf(text)] : []));
  said.result(callId, isContent ? texts.join('\n') : typeof output === 'string' ? output : JSON.stringify(output));
  if (isContent) for (const { data, url } of items) if (data ?? url) said.file(textOf(data) || textOf(url));
}

const readers: Readonly<Record<NativeFormat, (request: JsonValue, said: Collector) => void>> = {
  chat(request, said) {
    for (const { role, content, refusal, tool_calls, tool_call_id } of listOf(request).map(objectOf)) {
      if (role === 'tool') {
        const text = textOf(content);
        said.result(textOf(tool_call_id), text === 'The files follow.' ? '' : text);
        continue;
      }
      said.say(textOf(role), textOf(content));
      for (const part of listOf(content).map(objectOf)) {
        said.say(textOf(role), textOf(part['text']));
        const url = textOf(objectOf(part['image_url'])['url']) || textOf(objectOf(part['file'])['file_data']);
        if (url) said.file(url);
      }
      said.say('assistant', textOf(refusal));
      for (const call of listOf(tool_calls).map(objectOf)) {
        const isText = call['type'] === 'custom';
        const { name, arguments: json, input } = objectOf(isText ? call['custom'] : call['function']);
        said.call(textOf(call['id']), textOf(name), textOf(isText ? input : json), isText);
      }
    }
  },
  responses(request, said) {
    for (const item of listOf(request).map(objectOf)) {
      const { type, role, content, call_id, name, arguments: json, input, output } = item;
      if (type === 'function_call') said.call(textOf(call_id), textOf(name), textOf(json), false);
      else if (type === 'custom_tool_call') said.call(textOf(call_id), textOf(name), textOf(input), true);
      else if (textOf(type).endsWith('_output')) {
        const texts = listOf(output)
          .map(objectOf)
          .flatMap((part) => (part['type'] === 'input_text' ? [textOf(part['text'])] : []));
        said.result(textOf(call_id), typeof output === 'string' ? output : texts.join('\n'));
        for (const part of listOf(output).map(objectOf)) readInputFile(part, said);
      } else {
        said.say(textOf(role), textOf(content));
        for (const part of listOf(content).map(objectOf)) {
          said.say(textOf(role), textOf(part['text']));
          readInputFile(part, said);
        }
      }
    }
  },
  messages(request, said) {
    const { system, messages } = objectOf(request);
    for (const text of textOf(system).split('\n\n')) said.say('system', text);
    for (const { role, content } of listOf(messages).map(objectOf)) {
      for (const block of listOf(content).map(objectOf)) {
        const { type, text, id, name, input, tool_use_id, content: output } = block;
        if (type === 'tool_use') said.call(textOf(id), textOf(name), JSON.stringify(input), false);
        else if (type === 'tool_result') {
          const shown = listOf(output).map(objectOf);
          const texts = shown.flatMap((part) => (part['type'] === 'text' ? [textOf(part['text'])] : []));
          said.result(textOf(tool_use_id), typeof output === 'string' ? output : texts.join('\n'));
          for (const part of shown) readSource(part, said);
        } else {
          // What a turn without content has, because the API refuses an empty one.
          if (text !== '(no content)') said.say(textOf(role), textOf(text));
          readSource(block, said);
        }
      }
    }
  },
};

function readInputFile({ image_url, file_data, file_url }: JsonObject, said: Collector): void {
  const url = textOf(image_url) || textOf(file_data) || textOf(file_url);
  if (url) said.file(url);
}

function readSource({ source }: JsonObject, said: Collector): void {
  const { type, url, data } = objectOf(source);
  if (type === 'text') said.file(btoa(textOf(data)));
  else if (type !== undefined) said.file(textOf(url) || textOf(data));
}

/** What the conversation of a request says, read without the converters. */
export function contentsOfRequest(format: NativeFormat, request: unknown): Contents {
  const said = new Collector();
  // As the API receives it.
  readers[format](JSON.parse(JSON.stringify(request)) as JsonValue, said);
  return said.done();
}
