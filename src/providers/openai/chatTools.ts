import type { JsonObject } from '../../events.js';
import { checkTools, type Tools } from '../../tools/definitions/tool.js';
import { toolSchema } from '../../tools/definitions/toolSchema.js';

/** The definition of a tool in the params of a chat completion. */
export type ChatTool =
  | { type: 'function'; function: { name: string; description?: string; parameters: JsonObject; strict?: boolean } }
  | { type: 'custom'; custom: { name: string; description?: string } };

/**
 * Returns the definitions of tools for the params of a chat completion.
 *
 * @throws TypeError for a tool without a JSON Schema: neither has it one, nor its schema gives one.
 * @see https://platform.openai.com/docs/guides/function-calling
 * @example fromChatCompletions(client, { model, messages: chatMessages(turns), tools: chatTools(tools) })
 */
export function chatTools<Inputs>(tools: Tools<Inputs>): ChatTool[] {
  checkTools('chatTools', tools as Tools);
  return Object.entries(tools as Tools).map(([name, tool]): ChatTool => {
    const { description, strict, format } = tool;
    const named = { name, ...(description !== undefined && { description }) };
    if (format === 'text') return { type: 'custom', custom: named };
    const parameters = toolSchema('chatTools', name, tool);
    return { type: 'function', function: { ...named, parameters, ...(strict !== undefined && { strict }) } };
  });
}
