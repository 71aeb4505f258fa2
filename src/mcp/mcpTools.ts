import { Observable } from 'rxjs';
import { isObject } from '../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../events.js';
import { checkEach, checkFunction, checkPositive } from '../kernel/options.js';
import type { Tool } from '../tools/definitions/tool.js';
import { mcpResult } from './mcpResult.js';

/** A tool as an MCP server lists it: the part of it that is read. */
export interface McpToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: object;
  /** Hints of the server, for instance `readOnlyHint`. */
  readonly annotations?: object | undefined;
}

/** A connected client of an MCP SDK: `Client` of `@modelcontextprotocol/sdk` (1) or `@modelcontextprotocol/client` (2). */
export interface McpClient {
  listTools(params?: { readonly cursor?: string }): PromiseLike<{
    readonly tools: readonly McpToolDefinition[];
    readonly nextCursor?: string | undefined;
  }>;
  /** The second SDK takes the options as the second argument, the first SDK as the third one. */
  callTool(params: never, ...rest: never[]): PromiseLike<unknown>;
}

export interface McpToolsOptions {
  /** Which tools to take. @defaultValue all of them */
  readonly filter?: (tool: McpToolDefinition) => boolean;
  /** What the names of the tools begin with, so that those of two servers differ. @defaultValue none */
  readonly prefix?: string;
  /** The longest time between two reports of progress, or until the result, in milliseconds. @defaultValue that of the SDK: 60,000 */
  readonly timeoutMs?: number;
  /** The longest time of a call, however much progress it reports, in milliseconds. @defaultValue no limit */
  readonly maxTotalMs?: number;
}

/** The options of a call, in the words of the SDK. */
interface CallOptions {
  readonly signal: AbortSignal;
  readonly onprogress: (progress: unknown) => void;
  readonly timeout?: number;
  readonly resetTimeoutOnProgress: boolean;
  readonly maxTotalTimeout?: number;
}

/** The most pages of tools that are read, because a server may never end its list. */
const mostPages = 1_000;

/**
 * Lists the tools of an MCP server, as tools for `runTools`. A call reports the progress of the server as preliminary results and is cancelled at the
 * server when it is unsubscribed. Its result is the text, or a list of texts and files with images, audio and resources; a result that the server marks as
 * an error is an error for the model.
 *
 * Names have the characters that every provider accepts, at most 64; others are replaced by `_`.
 *
 * @param client A connected client, of either SDK.
 * @returns The tools by name. The promise rejects with the error of the client.
 * @throws TypeError at call time if it is not a client, for an unknown option or a wrong type, RangeError for a time that is not > 0.
 * @example runTools(call, { turns, tools: { ...tools, ...(await mcpTools(client, { prefix: 'files_' })) } })
 */
export function mcpTools(client: McpClient, options: McpToolsOptions = {}): Promise<Readonly<Record<string, Tool>>> {
  if (typeof client?.listTools !== 'function' || typeof client.callTool !== 'function') {
    throw new TypeError('mcpTools: client must be a connected MCP client');
  }
  checkEach('mcpTools', options, {
    filter: checkFunction,
    prefix: checkText,
    timeoutMs: checkPositive,
    maxTotalMs: checkPositive,
  });
  return listed(client, options);
}

async function listed(client: McpClient, options: McpToolsOptions): Promise<Readonly<Record<string, Tool>>> {
  const { filter = () => true, prefix = '' } = options;
  const tools = new Map<string, Tool>();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { tools: some, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor });
    for (const definition of some)
      if (filter(definition)) tools.set(nameOf(prefix + definition.name, tools), toTool(client, definition, options));
    if (nextCursor === undefined || nextCursor === cursor) break;
    cursor = nextCursor;
  }
  return Object.fromEntries(tools);
}

const longestName = 64;

/** A name that every provider accepts, and that no other tool has. */
function nameOf(name: string, used: ReadonlyMap<string, unknown>): string {
  const valid = name.replace(/[^\w-]/g, '_');
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const unique = valid.slice(0, longestName - suffix.length) + suffix;
    if (!used.has(unique)) return unique;
  }
}

function toTool(client: McpClient, { name, description, inputSchema }: McpToolDefinition, options: McpToolsOptions): Tool {
  return {
    description,
    jsonSchema: inputSchema as JsonObject,
    run: (input, { signal }) => callOf(client, name, input, signal, options),
  };
}

function callOf(
  client: McpClient,
  name: string,
  input: JsonValue,
  signal: AbortSignal,
  { timeoutMs, maxTotalMs }: McpToolsOptions,
): Observable<JsonValue> {
  return new Observable((subscriber) => {
    if (!isObject(input)) throw new Error('The arguments must be an object');
    const callOptions: CallOptions = {
      signal,
      onprogress: (progress) => subscriber.next(progress as JsonValue),
      resetTimeoutOnProgress: true,
      ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      ...(maxTotalMs !== undefined && { maxTotalTimeout: maxTotalMs }),
    };
    sendCall(client, { name, arguments: input }, callOptions).then(
      (result) => {
        try {
          subscriber.next(mcpResult(result as JsonValue));
          subscriber.complete();
        } catch (error) {
          subscriber.error(error);
        }
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

/** The first SDK takes a schema of the result before the options; without one it has its own. */
function sendCall(client: McpClient, params: object, options: CallOptions): PromiseLike<unknown> {
  const callTool = client.callTool.bind(client) as (...given: readonly unknown[]) => PromiseLike<unknown>;
  const isSecond = 'getProtocolEra' in client || client.callTool.length === 2;
  return isSecond ? callTool(params, options) : callTool(params, undefined, options);
}

function checkText(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'string') throw new TypeError(`${name} must be a string`);
}
