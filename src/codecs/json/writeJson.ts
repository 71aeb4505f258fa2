import type { JsonValue } from '../../events.js';

/**
 * Writes a value as JSON, however deeply a model has nested it: `JSON.stringify` calls itself at each level, and throws where the stack ends.
 */
export function writeJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch {
    return writeDeep(value);
  }
}

/** A piece that is written, or a value that is still to be. */
type Task = string | { readonly value: JsonValue };

function writeDeep(root: JsonValue): string {
  const pieces: string[] = [];
  const tasks: Task[] = [{ value: root }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (typeof task === 'string') pieces.push(task);
    else if (typeof task.value !== 'object' || task.value === null) pieces.push(JSON.stringify(task.value));
    else open(task.value, tasks);
  }
  return pieces.join('');
}

/** Adds the parts of a list or of an object, the last one first. */
function open(value: object, tasks: Task[]): void {
  const isList = Array.isArray(value);
  const members = Object.entries(value).filter(([, member]) => isList || member !== undefined) as [string, JsonValue][];
  tasks.push(isList ? ']' : '}');
  for (const [place, [name, member]] of [...members.entries()].reverse()) {
    tasks.push({ value: member ?? null });
    tasks.push(`${place > 0 ? ',' : ''}${isList ? '' : `${JSON.stringify(name)}:`}`);
  }
  tasks.push(isList ? '[' : '{');
}
