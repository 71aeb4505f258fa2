import { isDeltaEvent } from '../../events.js';
import type { DrawnMark } from './laneRows.js';

interface Colours {
  readonly fill: string;
  readonly line: string;
}

const grey: Colours = { fill: '#eef0f3', line: '#6b7280' };
const blue: Colours = { fill: '#dbeafe', line: '#1d4ed8' };
const violet: Colours = { fill: '#ede9fe', line: '#6d28d9' };
const green: Colours = { fill: '#dcfce7', line: '#15803d' };
const amber: Colours = { fill: '#fef3c7', line: '#b45309' };
const red: Colours = { fill: '#fee2e2', line: '#b91c1c' };
const black: Colours = { fill: '#ffffff', line: '#111827' };

const coloursOfTypes: Readonly<Record<string, Colours>> = {
  'text-delta': blue,
  'reasoning-delta': violet,
  'refusal-delta': red,
  'tool-call-start': amber,
  'tool-call-delta': amber,
  'tool-call-end': amber,
  'tool-result': amber,
  'tool-approval': amber,
  usage: green,
  finish: green,
  reset: red,
};

/** Colours by the type of event. */
export function coloursOf(mark: DrawnMark): Colours {
  if (mark.kind === 'more') return grey;
  if (mark.kind !== 'next' || !isDeltaEvent(mark.value)) return black;
  return coloursOfTypes[mark.value.type] ?? grey;
}
