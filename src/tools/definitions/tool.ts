import type { ArgumentsFormat, JsonObject, JsonValue, Turn } from '../../events.js';
import { checkFunction, checkOptions, checkPositive } from '../../kernel/options.js';
import { checkSchema, type StandardSchema } from '../../structured/standardSchema.js';

/** What a tool is told beside its input. */
export interface ToolContext {
  /** The call, as the events name it. */
  readonly callId: string;
  /** The name by which the model called the tool. */
  readonly name: string;
  /** Aborts when the call is cancelled: by unsubscribing, by its time limit, or because the run has failed. */
  readonly signal: AbortSignal;
  /** The conversation that the model answered with this call. */
  readonly turns: readonly Turn[];
  /** The round of the call. */
  readonly step: number;
}

/** A tool of the caller, which {@link runTools} runs when the model calls it. */
export interface Tool<Input = JsonValue> {
  /** What it does and when to call it, for the model. */
  readonly description?: string | undefined;
  /** Validates the arguments: any Standard Schema. Without it, `run` receives them as they were parsed. */
  readonly input?: StandardSchema<Input> | undefined;
  /** The JSON Schema of the arguments. @defaultValue that of `input`, if its library gives one by `~standard.jsonSchema` */
  readonly jsonSchema?: JsonObject | undefined;
  /** Whether the provider enforces the JSON Schema; each API has rules for such schemas. @defaultValue the API's own */
  readonly strict?: boolean | undefined;
  /** `text` for a tool that takes free text instead of JSON. @defaultValue 'json' */
  readonly format?: ArgumentsFormat | undefined;
  /** The longest time that a call may take, in milliseconds; then it is cancelled, and the model receives an error. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
  /**
   * Runs a call. An Observable reports progress: each value but the last is a preliminary result, the last is the result, and it is
   * unsubscribed when the call is cancelled. Any other value is the result, or a promise of it. What it throws is the result too, as an error.
   */
  run(input: Input, context: ToolContext): unknown;
}

/** Tools by name. The type of each input is that of its schema. */
export type Tools<Inputs = Readonly<Record<string, unknown>>> = { readonly [Name in keyof Inputs]: Tool<Inputs[Name]> };

const toolFields = ['description', 'input', 'jsonSchema', 'strict', 'format', 'timeoutMs', 'run'] as const;

/** @throws TypeError for something else than tools by name, RangeError for a time limit that is not > 0. */
export function checkTools(caller: string, tools: Tools): void {
  if (typeof tools !== 'object' || tools === null) throw new TypeError(`${caller}: tools must be an object of tools by name`);
  for (const [name, tool] of Object.entries(tools)) {
    checkOptions(`${caller}: tool ${name}`, tool, toolFields);
    checkSchema(`${name}.input`, tool.input);
    checkPositive(`${name}.timeoutMs`, tool.timeoutMs);
    if (tool.run === undefined) throw new TypeError(`${name}.run must be a function`);
    checkFunction(`${name}.run`, tool.run);
  }
}

/** The tool of that name: the model makes names, and one of them may be that of an inherited property. */
export function toolOf(tools: Tools, name: string): Tool<unknown> | undefined {
  return Object.hasOwn(tools, name) ? tools[name] : undefined;
}
