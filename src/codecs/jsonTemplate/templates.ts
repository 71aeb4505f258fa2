import { createJsonTemplate, type JsonTemplate, matchesTemplate } from './template.js';
import type { VariablePaths } from './variables.js';

/** The templates of one subscription to a source. */
export interface JsonTemplates {
  readonly paths: VariablePaths;
  /** Most recently used first. */
  learned: JsonTemplate[];
  /** What may be spent on learning templates, in texts that a template matched. */
  budget: number;
}

/** Several templates are kept, because streams alternate between kinds of events. */
const maxTemplates = 4;
/** Longer texts are not worth learning. */
const maxTextLength = 4_096;
/** Learning a template costs as much as it saves in this number of matches. */
const learningCost = 16;
const maxBudget = 64;
/** Each text that no template matched adds a little, so that learning is tried again where it has been of no use. */
const budgetPerMiss = 0.25;

export function createJsonTemplates(paths: VariablePaths): JsonTemplates {
  return { paths, learned: [], budget: maxBudget };
}

/**
 * Matches the text that begins at an index, wherever it ends, and returns its template; `undefined` if no template matches, or if only
 * JSON.parse can decide. Callers that keep the template's value, or a part of it, must call `releaseTemplate` before the next text.
 *
 * @param prefix Text that must precede the JSON text: `from` is where the prefix begins. @defaultValue no prefix
 */
export function findTemplate(templates: JsonTemplates, text: string, from: number, prefix?: string): JsonTemplate | undefined {
  const { learned } = templates;
  for (let index = 0; index < learned.length; index++) {
    const template = learned[index] as JsonTemplate;
    if (!matchesTemplate(template, text, from, prefix)) continue;
    if (index > 0) learned.unshift(...learned.splice(index, 1));
    if (templates.budget < maxBudget) templates.budget++;
    return template;
  }
  return undefined;
}

/** Learns a template from a text that was parsed, if the budget allows it. */
export function learnTemplate(templates: JsonTemplates, text: string): void {
  templates.budget += budgetPerMiss;
  if (templates.budget < learningCost || text.length > maxTextLength) return;
  const template = createJsonTemplate(text, templates.paths);
  if (!template) return;
  templates.budget -= learningCost;
  templates.learned = [template, ...templates.learned.slice(0, maxTemplates - 1)];
}

/** Removes the template that matched last: its value now belongs to the caller. */
export function releaseTemplate({ learned }: JsonTemplates): void {
  learned.shift();
}
