import { checkTools, type Tools } from '../../tools/definitions/tool.js';
import { toolSchema } from '../../tools/definitions/toolSchema.js';

/** The definition of a tool in the params of a message. */
export interface MessagesTool {
  name: string;
  description?: string;
  input_schema: { type: 'object'; [key: string]: unknown };
  strict?: boolean;
}

/**
 * Returns the definitions of tools for the params of a message.
 *
 * @throws TypeError for a tool without a JSON Schema: neither has it one, nor its schema gives one; and for one that takes no object, because the
 * API has only tools of JSON objects.
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
 * @example fromMessages(client, { model, max_tokens: 1_000, ...messagesParams(turns), tools: messagesTools(tools) })
 */
export function messagesTools<Inputs>(tools: Tools<Inputs>): MessagesTool[] {
  checkTools('messagesTools', tools as Tools);
  return Object.entries(tools as Tools).map(([name, tool]): MessagesTool => {
    const { description, strict, format } = tool;
    const { type = 'object', ...schema } = toolSchema('messagesTools', name, tool);
    if (type !== 'object' || format === 'text') throw new TypeError(`messagesTools: ${name} must take an object`);
    return {
      name,
      ...(description !== undefined && { description }),
      input_schema: { type, ...schema },
      ...(strict !== undefined && { strict }),
    };
  });
}
