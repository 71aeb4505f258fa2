import { fromErrorInfo, type StreamError } from '../../../errors.js';
import type { ErrorInfo } from '../../../events.js';
import {
  type Fields,
  figure,
  flag,
  isRecord,
  json,
  list,
  oneOf,
  optionalJson,
  type Reader,
  shape,
  someFigure,
  someText,
  text,
  wrong,
} from './readers.js';

const none: Reader = () => undefined;

/** What each class has beside the fields of every error. */
const classDetails: Readonly<Record<string, Fields>> = {
  StreamTimeoutError: { phase: oneOf(['first', 'between', 'total']), limitMs: figure },
  ContentTypeError: { contentType: text, snippet: text },
  LimitError: { limit: text, value: figure },
  RetryExhaustedError: { errors: list((value) => readInfo(value)) },
  ParseError: { text, finishReason: someText, offset: someFigure, line: someFigure, value: optionalJson },
  ValidationError: { issues: list(shape({ message: text, path: list(json) })), value: optionalJson },
};

const infoFields = {
  name: text,
  kind: text,
  message: text,
  retryable: flag,
  status: someFigure,
  code: someText,
  requestId: someText,
  retryAfterMs: someFigure,
};

/** The error of an event: it carries neither a message nor what only its class has. */
export const errorInfo: Reader = shape({ ...infoFields, details: none, partial: none });

/** An error as a frame carries it. Details that are not those of its class are dropped. */
function readInfo(value: unknown): unknown {
  const info = errorInfo(value);
  if (info === wrong) return wrong;
  const { name } = info as ErrorInfo;
  const { details } = value as ErrorInfo;
  const fields = Object.hasOwn(classDetails, name) ? classDetails[name] : undefined;
  if (!fields || !isRecord(details)) return info;
  const read = shape(fields)(details);
  return read === wrong ? info : { ...(info as ErrorInfo), details: read };
}

/** @returns The error of the same class and kind; `undefined` if the value is not an error. */
export function readError(value: unknown): StreamError | undefined {
  const info = readInfo(value);
  return info === wrong ? undefined : fromErrorInfo(info as ErrorInfo);
}
