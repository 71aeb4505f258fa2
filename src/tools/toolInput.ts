import type { ToolCall } from '../events.js';
import { describeIssues, type StandardIssue, type Verdict, validateWith } from '../structured/standardSchema.js';
import type { Tool } from './definitions/tool.js';

/** The input of a call, or the message for the model why it has none. */
export interface ToolInput {
  readonly input: unknown;
  readonly issue: string | undefined;
}

/** Reads and validates the arguments of a call, synchronously where the schema is synchronous. */
export function toolInput(
  tool: Tool<unknown>,
  { name, input, argumentsText, format }: ToolCall,
): ToolInput | PromiseLike<ToolInput> {
  const given = format === 'text' ? argumentsText : input;
  if (given === undefined) return { input: undefined, issue: `The arguments of ${name} are not valid JSON` };
  if (!tool.input) return { input: given, issue: undefined };

  function toInput(verdict: Verdict<unknown>): ToolInput {
    if (verdict.valid) return { input: verdict.value, issue: undefined };
    return { input: undefined, issue: `The arguments of ${name} are not valid: ${issueText(verdict.issues)}` };
  }

  const verdict = validateWith(tool.input, given);
  return 'then' in verdict ? verdict.then(toInput) : toInput(verdict);
}

/** The most characters of a text about issues: a schema may repeat the arguments in it. */
const longestIssueText = 2_000;

/** All issues, so that the model can repair its arguments at once. */
function issueText(issues: readonly StandardIssue[]): string {
  const text = issues.map((issue) => describeIssues([issue])).join('; ');
  return text.length <= longestIssueText ? text : `${text.slice(0, longestIssueText)}…`;
}
