import type { JsonObject } from '../../events.js';
import { checkTools, type Tools } from '../../tools/definitions/tool.js';
import { toolSchema } from '../../tools/definitions/toolSchema.js';

/** The definition of a tool in the params of a response. */
export type ResponsesTool =
  | { type: 'function'; name: string; description?: string; parameters: Record<string, unknown>; strict: boolean }
  | { type: 'custom'; name: string; description?: string };

/**
 * Returns the definitions of tools for the params of a response. A tool is not `strict` unless it is marked so: the API would else reject
 * a schema with optional fields.
 *
 * @throws TypeError for a tool without a JSON Schema: neither has it one, nor its schema gives one.
 * @see https://platform.openai.com/docs/guides/function-calling
 * @example fromResponses(client, { model, input: responsesInput(turns), tools: responsesTools(tools) })
 */
export function responsesTools<Inputs>(tools: Tools<Inputs>): ResponsesTool[] {
  checkTools('responsesTools', tools as Tools);
  return Object.entries(tools as Tools).map(([name, tool]): ResponsesTool => {
    const { description, strict = false, format } = tool;
    const named = { name, ...(description !== undefined && { description }) };
    if (format === 'text') return { type: 'custom', ...named };
    const parameters: JsonObject = toolSchema('responsesTools', name, tool);
    return { type: 'function', ...named, parameters: { ...parameters }, strict };
  });
}
